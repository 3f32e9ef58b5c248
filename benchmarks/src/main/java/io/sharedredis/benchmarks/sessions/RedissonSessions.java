package io.sharedredis.benchmarks.sessions;

import org.redisson.config.Config;
import org.redisson.tomcat.RedissonSessionManager;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Tomcat's own sessions, kept by Redisson's manager with its default modes and codec. */
@Configuration(proxyBeanMethods = false)
@Import(SamplePage.class)
class RedissonSessions {
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> redisson(
      @Value("${spring.data.redis.url}") String redisUrl) {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              Config config = new Config();
              config.useSingleServer().setAddress(redisUrl);
              RedissonSessionManager manager = new RedissonSessionManager();
              manager.setConfig(config);
              context.setManager(manager);
            });
  }
}
