package io.sharedredis.webspa;

import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Entry point of one replica of the shop. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class WebspaApplication {

  public static void main(String[] args) {
    SpringApplication.run(WebspaApplication.class, args);
  }

  /** The only clock of the shop: instants, so no time zone of machine or database ever matters. */
  @Bean
  InstantSource shopClock() {
    return InstantSource.system();
  }
}
