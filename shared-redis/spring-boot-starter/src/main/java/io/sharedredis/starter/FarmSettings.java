package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.spring.web.TrustedProxies;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * Works out {@link Farm} from the settings: an explicit property wins over the environment names of
 * the original, these over {@code spring.data.redis.url}.
 */
final class FarmSettings {

  static final String CLUSTER = "IsClusterEnv";
  static final String KEY_RING_ALIAS = "DPConnectionString";
  static final String BACKPLANE_ALIAS = "SignalrStoreConnectionString";
  static final String SESSION_ALIAS = "SESSION_REDIS_URL";
  static final String COMMON_URL = "spring.data.redis.url";
  static final String BACKPLANE_MODE = "shared-redis.hub.backplane";
  private static final String KEY_RING_URL = "shared-redis.data-protection.redis.url";
  private static final String BACKPLANE_URL = "shared-redis.hub.redis.url";
  private static final String SESSION_URL = "shared-redis.session.redis.url";

  private final Environment environment;
  private final SharedRedisProperties properties;

  FarmSettings(Environment environment, SharedRedisProperties properties) {
    this.environment = environment;
    this.properties = properties;
  }

  Farm resolve() {
    boolean cluster = cluster();
    return new Farm(
        applicationName(),
        replicaName(),
        publicUrl(environment),
        trustedProxies(environment),
        cluster ? required(KEY_RING_URL, KEY_RING_ALIAS, "the key ring") : null,
        backplane(cluster) ? required(BACKPLANE_URL, BACKPLANE_ALIAS, "the hub backplane") : null,
        // A local ring with shared sessions is a farm too, if a poor one: it is asked for by URL.
        address(SESSION_URL, SESSION_ALIAS)
            .orElseGet(
                () -> cluster ? required(SESSION_URL, SESSION_ALIAS, "HTTP sessions") : null));
  }

  /** Shared or alone: what {@code IsClusterEnv} says, else whether any Redis is named. */
  private boolean cluster() {
    String value = environment.getProperty(CLUSTER);
    if (value == null) {
      return address(KEY_RING_URL, KEY_RING_ALIAS).isPresent();
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new InvalidSettingException(
              CLUSTER,
              value,
              "is neither true nor false",
              "Set it to true when several replicas share Redis, to false for a single process.");
    };
  }

  private boolean backplane(boolean cluster) {
    String value = environment.getProperty(BACKPLANE_MODE);
    if (value == null) {
      return cluster;
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "redis" -> true;
      case "none" -> false;
      default ->
          throw new InvalidSettingException(
              BACKPLANE_MODE, value, "is neither redis nor none", "Set it to redis or none.");
    };
  }

  private String applicationName() {
    String name = properties.applicationName();
    if (name == null) {
      name = environment.getProperty("spring.application.name");
    }
    if (name == null || name.isBlank()) {
      throw new InvalidSettingException(
          "shared-redis.application-name",
          name == null ? "" : name,
          "is empty",
          "Give every application its own name: it keeps what one application protects from"
              + " being read by another on the same key ring.");
    }
    return name;
  }

  private String replicaName() {
    String name = properties.replicaName();
    if (name == null) {
      name = environment.getProperty("REPLICA_NAME");
    }
    if (name != null && !name.isBlank()) {
      if (!name.strip().matches("[\\x21-\\x7e]+")) {
        throw new InvalidSettingException(
            "shared-redis.replica-name",
            name,
            "holds characters that cannot stand in a response header",
            "Use letters, digits and dashes.");
      }
      return name.strip();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "replica-" + ProcessHandle.current().pid();
    }
  }

  static PublicUrl publicUrl(Environment environment) {
    return parsed(environment, "shared-redis.public-url", "PUBLIC_URL", PublicUrl::parse)
        .orElseGet(() -> new PublicUrl("http://localhost:8080"));
  }

  static TrustedProxies trustedProxies(Environment environment) {
    return parsed(
            environment, "shared-redis.trusted-proxies", "TRUSTED_PROXIES", TrustedProxies::parse)
        .orElse(TrustedProxies.LOOPBACK);
  }

  private RedisAddress required(String property, String alias, String what) {
    return address(property, alias)
        .orElseThrow(
            () ->
                new InvalidSettingException(
                    alias,
                    "",
                    "is empty, so nobody knows which Redis holds " + what,
                    "Set "
                        + alias
                        + " (or "
                        + property
                        + ", or "
                        + COMMON_URL
                        + ")"
                        + " to redis://host:port, or IsClusterEnv to false for a single process."));
  }

  private Optional<RedisAddress> address(String property, String alias) {
    return parsed(environment, property, alias, RedisAddress::parse)
        .or(() -> parsed(environment, COMMON_URL, COMMON_URL, RedisAddress::parse));
  }

  private static <T> Optional<T> parsed(
      Environment environment, String property, String alias, Parser<T> parser) {
    for (String name : new String[] {property, alias}) {
      String value = environment.getProperty(name);
      if (value != null && !value.isBlank()) {
        try {
          return Optional.of(parser.parse(name, value));
        } catch (IllegalArgumentException e) {
          throw new InvalidSettingException(e);
        }
      }
    }
    return Optional.empty();
  }

  /** Reads a value; its errors name the setting. */
  private interface Parser<T> {
    T parse(String option, String value);
  }
}
