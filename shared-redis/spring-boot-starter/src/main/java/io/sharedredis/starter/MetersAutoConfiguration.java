package io.sharedredis.starter;

import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.dataprotection.KeyManager;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.session.SessionRepository;

/** Meters of the key ring and of sessions; those of the backplane are its own. */
@AutoConfiguration(after = {DataProtectionAutoConfiguration.class, SessionAutoConfiguration.class})
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(KeyManager.class)
public class MetersAutoConfiguration {

  @Bean
  FarmMeters farmMeters(KeyManager keys, ObjectProvider<SessionRepository<?>> sessions) {
    return new FarmMeters(keys, sessions.getIfAvailable(), InstantSource.system());
  }
}
