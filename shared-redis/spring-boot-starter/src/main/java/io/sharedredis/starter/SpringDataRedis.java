package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The Redis that Spring Boot's own settings name, in Spring Boot's order: sentinels, cluster, URL.
 */
final class SpringDataRedis {

  static final String URL = "spring.data.redis.url";
  private static final String PREFIX = "spring.data.redis.";

  private final Environment environment;

  SpringDataRedis(Environment environment) {
    this.environment = environment;
  }

  Optional<RedisAddress> address() {
    String sentinels = nodes("sentinel.nodes");
    if (!sentinels.isEmpty()) {
      String master = text("sentinel.master");
      RedisAddress address =
          parsed(
              PREFIX + "sentinel.nodes",
              "-sentinel://"
                  + sentinels
                  + database()
                  + (master == null ? "" : "#" + encoded(master)));
      String password = text("sentinel.password");
      return Optional.of(
          password == null
              ? address
              : address.withSentinelCredentials(text("sentinel.username"), password.toCharArray()));
    }
    String nodes = nodes("cluster.nodes");
    if (!nodes.isEmpty()) {
      return Optional.of(parsed(PREFIX + "cluster.nodes", "-cluster://" + nodes));
    }
    return FarmSettings.parsed(environment, URL, URL, RedisAddress::parse);
  }

  private RedisAddress parsed(String option, String afterScheme) {
    boolean tls =
        environment.getProperty(PREFIX + "ssl.enabled", Boolean.class, false)
            || text("ssl.bundle") != null;
    RedisAddress address;
    try {
      address = RedisAddress.parse(option, (tls ? "rediss" : "redis") + afterScheme);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(e);
    }
    String password = text("password");
    return password == null
        ? address
        : address.withCredentials(text("username"), password.toCharArray());
  }

  /** A list in YAML or one with commas. */
  private String nodes(String name) {
    return String.join(
        ",",
        Binder.get(environment)
            .bind(PREFIX + name, Bindable.listOf(String.class))
            .orElse(List.of()));
  }

  private String database() {
    String database = text("database");
    return database == null ? "" : "/" + database;
  }

  private @Nullable String text(String name) {
    String value = environment.getProperty(PREFIX + name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
