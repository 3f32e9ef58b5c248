package io.sharedredis.azure.spring;

import com.azure.core.credential.TokenCredential;
import io.sharedredis.azure.redis.EntraLogin;
import io.sharedredis.azure.redis.EntraOptions;
import io.sharedredis.lettuce.connection.RedisLogin;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.InvalidSettingException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Logs every Redis connection of the farm in by Entra ID, where settings ask for it. */
@AutoConfiguration(
    before = FarmAutoConfiguration.class,
    after = AzureCredentialAutoConfiguration.class)
@ConditionalOnClass({FarmAutoConfiguration.class, RedisLogin.class})
@ConditionalOnProperty(prefix = EntraRedisProperties.PREFIX, name = "enabled")
@EnableConfigurationProperties(EntraRedisProperties.class)
public class EntraRedisAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(RedisLogin.class)
  EntraLogin entraLogin(
      EntraRedisProperties properties, ObjectProvider<TokenCredential> credentials) {
    return EntraLogin.start(
        options(properties),
        Credentials.required(credentials, EntraRedisProperties.PREFIX + ".enabled", true));
  }

  private static EntraOptions options(EntraRedisProperties properties) {
    try {
      EntraOptions.Builder builder =
          EntraOptions.builder()
              .deadline(properties.deadline())
              .allowPlaintext(properties.allowPlaintext());
      if (properties.user() != null) {
        builder.user(properties.user());
      }
      if (properties.scope() != null) {
        builder.scope(properties.scope());
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          EntraRedisProperties.PREFIX,
          properties,
          "cannot be used: " + e.getMessage(),
          "Correct the option that is named.");
    }
  }
}
