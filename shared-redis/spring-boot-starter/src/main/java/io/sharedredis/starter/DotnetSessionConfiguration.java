package io.sharedredis.starter;

import io.sharedredis.lettuce.session.DotnetSessionCache;
import io.sharedredis.spring.session.DotnetSessionFilter;
import io.sharedredis.spring.session.DotnetSessions;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.SharedSessionRepository;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Sessions of ASP.NET Core beside those of our own store. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnShared.Sessions.class)
@ConditionalOnProperty(
    name = "shared-redis.session.store",
    havingValue = "shared",
    matchIfMissing = true)
@ConditionalOnProperty(name = "shared-redis.session.dotnet.enabled", havingValue = "true")
class DotnetSessionConfiguration {

  /** Behind Spring Session's filter, before everything that uses sessions. */
  private static final int ORDER = SessionRepositoryFilter.DEFAULT_ORDER + 1;

  @Bean
  DotnetSessions dotnetSessions(
      SessionStore connection,
      SessionCookies cookies,
      SharedSessionRepository sessions,
      SharedRedisProperties properties) {
    SharedRedisProperties.Dotnet settings = properties.session().dotnet();
    if (properties.session().cookieFormat() != SharedRedisProperties.Session.CookieFormat.DOTNET) {
      throw new InvalidSettingException(
          "shared-redis.session.dotnet.enabled",
          true,
          "needs the cookie that ASP.NET Core reads",
          "Set shared-redis.session.cookie-format to dotnet as well.");
    }
    DotnetSessions dotnet =
        new DotnetSessions(
            new DotnetSessionCache(
                connection.link(),
                settings.instanceName(),
                settings.idleTimeout(),
                Math.toIntExact(settings.maxSize().toBytes())),
            cookies,
            UUID::randomUUID);
    sessions.accompaniedBy(dotnet);
    return dotnet;
  }

  @Bean
  FilterRegistrationBean<DotnetSessionFilter> dotnetSessionFilter(DotnetSessions sessions) {
    FilterRegistrationBean<DotnetSessionFilter> registration =
        new FilterRegistrationBean<>(new DotnetSessionFilter(sessions));
    registration.setOrder(ORDER);
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    return registration;
  }
}
