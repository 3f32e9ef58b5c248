package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.SessionOutageFilter;
import io.sharedredis.spring.session.SessionOutageResolver;
import io.sharedredis.spring.session.SessionScopeFilter;
import io.sharedredis.spring.session.SessionTypes;
import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionRepository;
import org.springframework.session.config.annotation.web.http.SpringHttpSessionConfiguration;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Spring Session over the Redis of sessions, or in memory where the replica stands alone. */
@AutoConfiguration(after = EdgeAutoConfiguration.class, before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingBean(SessionRepository.class)
@Import({
  SpringHttpSessionConfiguration.class,
  SpringSessionConfiguration.class,
  SharedSessionConfiguration.class,
  DotnetSessionConfiguration.class
})
public class SessionAutoConfiguration {

  /** Before sessions are looked at, which is before everything else. */
  private static final int OUTAGE_ORDER = SessionRepositoryFilter.DEFAULT_ORDER - 1;

  /** Around the 503 filter and Spring Session's. */
  private static final int SCOPE_ORDER = SessionRepositoryFilter.DEFAULT_ORDER - 2;

  @Bean
  @ConditionalOnMissingBean(CookieSerializer.class)
  SessionCookies sessionCookie(
      SharedRedisProperties properties,
      PublicUrl publicUrl,
      Environment environment,
      DataProtectionProvider protection) {
    SharedRedisProperties.Session settings = properties.session();
    String path = settings.cookie().path();
    if (path == null) {
      path = environment.getProperty("server.servlet.context-path", "");
    }
    // Not left to the request: behind a gateway that ends TLS every request looks like http.
    SessionCookies.Place place =
        new SessionCookies.Place(
            settings.cookieName(),
            settings.formerCookieNames(),
            path.isEmpty() ? "/" : path,
            publicUrl.secure());
    if (settings.cookieFormat() != SharedRedisProperties.Session.CookieFormat.DOTNET) {
      return SessionCookies.asSpringSession(protection, place);
    }
    if (!settings.readsUnprotected()) {
      return SessionCookies.asDotnetOnly(protection, place);
    }
    boolean ours =
        settings.store() == SharedRedisProperties.Session.Store.SHARED
            && new RedisPlaces(environment).sessions() != null;
    return SessionCookies.asDotnet(protection, place, ours);
  }

  @Bean
  FilterRegistrationBean<SessionOutageFilter> sessionOutageFilter() {
    FilterRegistrationBean<SessionOutageFilter> registration =
        new FilterRegistrationBean<>(new SessionOutageFilter());
    registration.setOrder(OUTAGE_ORDER);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    return registration;
  }

  @Bean
  FilterRegistrationBean<SessionScopeFilter> sessionScopeFilter() {
    FilterRegistrationBean<SessionScopeFilter> registration =
        new FilterRegistrationBean<>(new SessionScopeFilter());
    registration.setOrder(SCOPE_ORDER);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    return registration;
  }

  /** Types of an application are known by setting and by beans; the list is for every store. */
  @Bean
  SessionJson sessionJson(
      ObjectProvider<SessionTypes> types,
      SharedRedisProperties properties,
      ResourceLoader resources) {
    ClassLoader classLoader = resources.getClassLoader();
    List<SessionTypes> all = new ArrayList<>(types.orderedStream().toList());
    all.add(new SessionTypes(new HashSet<>(properties.session().attributeTypes())));
    return new SessionJson(classLoader == null ? getClass().getClassLoader() : classLoader, all);
  }

  @Bean
  SessionOutageResolver sessionOutageResolver() {
    return new SessionOutageResolver();
  }

  @Bean
  FilterRegistrationBean<SessionRepositoryFilter<?>> sessionFilter(
      SessionRepositoryFilter<?> filter) {
    FilterRegistrationBean<SessionRepositoryFilter<?>> registration =
        new FilterRegistrationBean<>(filter);
    registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    return registration;
  }

  /** Sessions of this replica only. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(OnShared.NoSessions.class)
  static class Local {

    @Bean
    MapSessionRepository sessionRepository(SharedRedisProperties properties) {
      MapSessionRepository sessions = new MapSessionRepository(new ConcurrentHashMap<>());
      sessions.setDefaultMaxInactiveInterval(properties.session().timeout());
      return sessions;
    }
  }
}
