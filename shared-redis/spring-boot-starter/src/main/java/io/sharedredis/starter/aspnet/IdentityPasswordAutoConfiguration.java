package io.sharedredis.starter.aspnet;

import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes;
import io.sharedredis.spring.security.aspnet.IdentityPasswordEncoder;
import java.security.SecureRandom;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The password encoder of ASP.NET Core Identity, only where it is asked for. */
@AutoConfiguration
@ConditionalOnProperty("shared-redis.security.identity-passwords.version")
@EnableConfigurationProperties(IdentityPasswordProperties.class)
public class IdentityPasswordAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(PasswordEncoder.class)
  IdentityPasswordEncoder identityPasswordEncoder(IdentityPasswordProperties properties) {
    SecureRandom random = new SecureRandom();
    return new IdentityPasswordEncoder(
        properties.version() == IdentityPasswordProperties.Version.V2
            ? PasswordHashes.version2(random)
            : new PasswordHashes(properties.iterations(), random));
  }
}
