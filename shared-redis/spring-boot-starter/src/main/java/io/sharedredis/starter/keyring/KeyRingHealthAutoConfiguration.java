package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.lettuce.dataprotection.RedisKeyRepository;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The key ring as a part of the application's health, {@code keyRing}. */
@AutoConfiguration(after = DataProtectionAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(KeyManager.class)
@ConditionalOnEnabledHealthIndicator("keyring")
public class KeyRingHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "keyRingHealthIndicator")
  HealthIndicator keyRingHealthIndicator(
      KeyManager keys, ObjectProvider<RedisKeyRepository> repository) {
    RedisKeyRepository redis = repository.getIfAvailable();
    return new KeyRingHealth(keys, redis == null ? null : redis.link(), InstantSource.system());
  }
}
