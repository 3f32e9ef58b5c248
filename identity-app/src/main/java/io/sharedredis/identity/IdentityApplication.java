package io.sharedredis.identity;

import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts one replica of the identity provider. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class IdentityApplication {

  public static void main(String[] args) {
    SpringApplication.run(IdentityApplication.class, args);
  }

  @Bean
  InstantSource identityTime() {
    return InstantSource.system();
  }

  @Bean
  SecureRandom identityRandom() {
    return new SecureRandom();
  }
}
