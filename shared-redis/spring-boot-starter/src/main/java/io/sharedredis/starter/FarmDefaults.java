package io.sharedredis.starter;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Defaults of Spring Boot that a replica behind a gateway needs otherwise; every one gives way to
 * what the application sets.
 */
final class FarmDefaults implements EnvironmentPostProcessor {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("server.shutdown", "graceful");
    // Forwarded headers decide scheme and host of redirects: only a named gateway may set them.
    defaults.put("server.forward-headers-strategy", "native");
    defaults.put(
        "server.tomcat.remoteip.internal-proxies",
        FarmSettings.trustedProxies(environment).regex());
    defaults.put("server.tomcat.remoteip.remote-ip-header", "X-Forwarded-For");
    defaults.put("server.tomcat.remoteip.protocol-header", "X-Forwarded-Proto");
    defaults.put("server.tomcat.remoteip.host-header", "X-Forwarded-Host");
    defaults.put("server.tomcat.remoteip.port-header", "X-Forwarded-Port");
    // Who handled a request is told with the id of its session, which costs a read of the session.
    defaults.put("spring.mvc.publish-request-handled-events", "false");
    // Boot's own indicator asks localhost when nothing is set; each of our uses has its own.
    defaults.put("management.health.redis.enabled", "false");
    environment.getPropertySources().addLast(new MapPropertySource("shared-redis", defaults));
  }
}
