package io.sharedredis.starter.session;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.lettuce.session.CachedSessionStore;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionNews;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.starter.SessionAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator endpoint and the meters of our session store. */
@AutoConfiguration(after = SessionAutoConfiguration.class)
@ConditionalOnBean(SharedSessionRepository.class)
public class SessionOperationsAutoConfiguration {

  /** Where there is an actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Endpoint {

    @Bean
    @ConditionalOnAvailableEndpoint
    SessionsEndpoint sessionsEndpoint(UserSessions sessions) {
      return new SessionsEndpoint(sessions);
    }
  }

  /** Where there are meters. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Meters {

    @Bean
    SessionMeters sessionMeters(
        SharedSessionRepository sessions,
        ObjectProvider<SessionCookies> cookies,
        RedisSessionStore store) {
      return new SessionMeters(sessions, cookies.getIfAvailable(), store);
    }

    @Bean
    @ConditionalOnBean(SessionNews.class)
    MeterBinder sessionNewsMeters(SessionNews news) {
      return registry ->
          FunctionCounter.builder(
                  "shared-redis.session.l1-hits", news.cache(), CachedSessionStore::hits)
              .description("Reads of sessions that cost no command")
              .register(registry);
    }
  }
}
