package io.sharedredis.starter.keyring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * Meters of the key ring, and protectors that take the time for them, where there is a registry.
 */
@AutoConfiguration(
    after = DataProtectionAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({DataProtection.class, MeterRegistry.class})
public class KeyRingMetersAutoConfiguration {

  /** Stands before the ring wherever a provider is asked for. */
  @Bean
  @Primary
  TimedProvider timedDataProtectionProvider(DataProtection protection) {
    return new TimedProvider(protection);
  }

  @Bean
  KeyRingMeters keyRingMeters(KeyManager keys, DataProtection protection, TimedProvider timed) {
    return new KeyRingMeters(keys, protection.counters(), timed, InstantSource.system());
  }
}
