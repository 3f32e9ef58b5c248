package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionNews;
import io.sharedredis.spring.session.ExpiredSessions;
import io.sharedredis.spring.session.MarkedFlashMaps;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.SessionKeys;
import io.sharedredis.spring.session.SharedSessionEnds;
import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.spring.session.SpringSessionHashes;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.spring.web.PublicUrl;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.DispatcherServlet;

/** Sessions that every replica sees, in our own store: the default. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnShared.Sessions.class)
@ConditionalOnProperty(
    name = "shared-redis.session.store",
    havingValue = "shared",
    matchIfMissing = true)
class SharedSessionConfiguration {

  @Bean
  SessionStore sessionStore(RedisNetwork network, Farm farm) {
    return new SessionStore(network, Objects.requireNonNull(farm.sessions()), false);
  }

  @Bean
  RedisSessionStore redisSessionStore(
      SessionStore store,
      DataProtectionProvider protection,
      SharedRedisProperties properties,
      Farm farm) {
    return new RedisSessionStore(
        store.link(),
        properties.session().options(farm.applicationName()),
        protection,
        new SecureRandom());
  }

  /** Asked before the store where it is wanted. */
  @Bean
  @ConditionalOnProperty(name = "shared-redis.session.l1.enabled", havingValue = "true")
  SessionNews sessionNews(
      RedisNetwork network,
      SessionStore connection,
      RedisSessionStore store,
      SharedRedisProperties properties) {
    SharedRedisProperties.L1 settings = properties.session().l1();
    return new SessionNews(
        network, connection.link(), store, settings.ttl(), settings.maxEntries());
  }

  private static io.sharedredis.lettuce.session.SessionStore kept(
      RedisSessionStore store, ObjectProvider<SessionNews> news) {
    SessionNews kept = news.getIfAvailable();
    return kept == null ? store : kept.cache();
  }

  @Bean
  SharedSessionRepository sessionRepository(
      RedisSessionStore store,
      ObjectProvider<SessionNews> news,
      SessionStore connection,
      SessionJson json,
      SharedRedisProperties properties,
      Farm farm,
      ApplicationEventPublisher events) {
    SharedRedisProperties.Session settings = properties.session();
    SharedSessionRepository sessions =
        new SharedSessionRepository(
            kept(store, news),
            json,
            settings.timeout(),
            farm.replicaName(),
            InstantSource.system(),
            events);
    if (settings.migrateFrom() == SharedRedisProperties.Session.MigrateFrom.SPRING_SESSION) {
      sessions.migrateFrom(
          new SpringSessionHashes(
              connection.link(), new SessionKeys(farm.applicationName()), json));
    }
    List<RequestMatcher> anonymous = new ArrayList<>();
    for (String pattern : settings.whenUnavailable().anonymous()) {
      anonymous.add(PathPatternRequestMatcher.withDefaults().matcher(pattern));
    }
    sessions.anonymousWhenUnavailable(
        request -> anonymous.stream().anyMatch(matcher -> matcher.matches(request)));
    return sessions;
  }

  @Bean
  UserSessions userSessions(
      RedisSessionStore store, ObjectProvider<SessionNews> news, SharedSessionRepository sessions) {
    return new UserSessions(kept(store, news), sessions.counters());
  }

  @Bean
  SharedSessionEnds sessionEnds(RedisSessionStore store) {
    return new SharedSessionEnds(store);
  }

  @Bean
  ExpiredSessions expiredSessions(
      RedisSessionStore store,
      SharedSessionRepository sessions,
      ApplicationEventPublisher events,
      Farm farm) {
    return new ExpiredSessions(
        store,
        sessions,
        events,
        farm.replicaName() + "_" + UUID.randomUUID(),
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "shared-redis-session-expiry");
              thread.setDaemon(true);
              return thread;
            }));
  }

  /** Spring MVC's own would ask for the session on every request. */
  @Bean(DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
  @ConditionalOnMissingBean(name = DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
  MarkedFlashMaps flashMapManager(
      SharedRedisProperties properties, PublicUrl publicUrl, Environment environment) {
    String path = properties.session().cookie().path();
    if (path == null) {
      path = environment.getProperty("server.servlet.context-path", "");
    }
    return new MarkedFlashMaps(
        properties.session().cookieName() + ".flash",
        path.isEmpty() ? "/" : path,
        publicUrl.secure());
  }
}
