package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.spring.session.RedisSessions;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.SessionKeys;
import io.sharedredis.spring.session.SessionWatch;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/** Sessions that every replica sees, in Spring Session's plain repository. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnShared.Sessions.class)
@ConditionalOnProperty(name = "shared-redis.session.store", havingValue = "spring-session")
class SpringSessionConfiguration {

  @Bean
  SessionStore sessionStore(RedisNetwork network, Farm farm) {
    return new SessionStore(network, Objects.requireNonNull(farm.sessions()), true);
  }

  @Bean
  SessionKeys sessionKeys(Farm farm) {
    return new SessionKeys(farm.applicationName());
  }

  @Bean
  SessionRepository<? extends Session> sessionRepository(
      SessionStore store, SessionKeys keys, SharedRedisProperties properties, SessionJson json) {
    return RedisSessions.create(
        store.connections(),
        keys,
        json,
        properties.session().timeout(),
        store::met,
        id -> SessionWatch.announce(store.link(), keys, id));
  }
}
