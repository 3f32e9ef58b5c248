package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.Farm;
import io.sharedredis.starter.SharedRedisProperties;
import java.time.InstantSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator endpoint of the key ring, where actuator is there and exposes it. */
@AutoConfiguration(after = DataProtectionAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(KeyManager.class)
@ConditionalOnAvailableEndpoint(KeyRingEndpoint.class)
public class KeyRingEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  KeyRingEndpoint keyRingEndpoint(KeyManager keys, Farm farm, SharedRedisProperties properties) {
    return new KeyRingEndpoint(
        keys,
        farm.replicaName(),
        properties.dataProtection().keyLifetime(),
        InstantSource.system());
  }
}
