package io.sharedredis.starter;

import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisHttpSession;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisIndexedHttpSession;

/** {@link SessionCommandsIT}'s application with Spring Session as it comes, and nothing of ours. */
final class SpringSessionsOwn {

  /** Takes back what our starter sets. */
  static final List<String> SETTINGS =
      List.of(
          "--spring.autoconfigure.exclude=" + ours(),
          "--spring.mvc.publish-request-handled-events=true");

  private SpringSessionsOwn() {}

  private static String ours() {
    return ImportCandidates.load(AutoConfiguration.class, SpringSessionsOwn.class.getClassLoader())
        .getCandidates()
        .stream()
        .filter(name -> name.startsWith("io.sharedredis."))
        .collect(Collectors.joining(","));
  }

  /** Its plain repository. */
  @Configuration(proxyBeanMethods = false)
  @Import({SessionCommandsIT.App.class, Redis.class})
  @EnableRedisHttpSession
  static class Plain {}

  /** The one that finds sessions by user and reports their end. */
  @Configuration(proxyBeanMethods = false)
  @Import({SessionCommandsIT.App.class, Redis.class})
  @EnableRedisIndexedHttpSession
  static class Indexed {}

  /** Spring Data's connection. */
  @Configuration(proxyBeanMethods = false)
  static class Redis {

    @Bean
    LettuceConnectionFactory connections(@Value("${spring.data.redis.url}") String url) {
      return new LettuceConnectionFactory(
          LettuceConnectionFactory.createRedisConfiguration(RedisURI.create(url)));
    }
  }
}
