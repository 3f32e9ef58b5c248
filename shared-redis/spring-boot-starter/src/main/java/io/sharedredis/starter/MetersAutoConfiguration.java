package io.sharedredis.starter;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.session.SessionRepository;

/** Meters of sessions; those of the key ring and of the backplane are their own. */
@AutoConfiguration(after = SessionAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
public class MetersAutoConfiguration {

  @Bean
  FarmMeters farmMeters(ObjectProvider<SessionRepository<?>> sessions) {
    return new FarmMeters(sessions.getIfAvailable());
  }
}
