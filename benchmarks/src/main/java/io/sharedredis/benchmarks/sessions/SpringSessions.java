package io.sharedredis.benchmarks.sessions;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisHttpSession;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisIndexedHttpSession;

/** Spring Session over Spring Data's connection, both as they come. */
final class SpringSessions {
  private SpringSessions() {}

  /** The plain repository. */
  @Configuration(proxyBeanMethods = false)
  @Import(SamplePage.class)
  @EnableRedisHttpSession
  static class Plain {}

  /** The one that finds sessions by user and reports their end. */
  @Configuration(proxyBeanMethods = false)
  @Import(SamplePage.class)
  @EnableRedisIndexedHttpSession
  static class Indexed {}
}
