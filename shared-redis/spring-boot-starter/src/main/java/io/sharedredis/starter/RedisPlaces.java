package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisAddress;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Which Redis serves which use, and whether this replica shares it or stands alone. Reads the
 * environment only, so that conditions of auto-configuration can ask too.
 */
final class RedisPlaces {

  static final String CLUSTER = "IsClusterEnv";
  static final String BACKPLANE_MODE = "shared-redis.hub.backplane";
  private static final Use KEY_RING =
      new Use("shared-redis.data-protection.redis.url", "DPConnectionString", "the key ring");
  private static final Use BACKPLANE =
      new Use("shared-redis.hub.redis.url", "SignalrStoreConnectionString", "the hub backplane");
  private static final Use SESSIONS =
      new Use("shared-redis.session.redis.url", "SESSION_REDIS_URL", "HTTP sessions");

  private final Environment environment;

  RedisPlaces(Environment environment) {
    this.environment = environment;
  }

  @Nullable RedisAddress keyRing() {
    return cluster() ? required(KEY_RING) : null;
  }

  @Nullable RedisAddress backplane() {
    return backplaneWanted() ? required(BACKPLANE) : null;
  }

  /** Shared as soon as a Redis is named, even beside a local ring: whoever names it wants it. */
  @Nullable RedisAddress sessions() {
    Optional<RedisAddress> named = address(SESSIONS);
    return named.isPresent() || !cluster() ? named.orElse(null) : required(SESSIONS);
  }

  /** What {@code IsClusterEnv} says; where it is not set, whether a Redis is named. */
  private boolean cluster() {
    String value = environment.getProperty(CLUSTER);
    if (value == null) {
      return address(KEY_RING).isPresent();
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

  private boolean backplaneWanted() {
    String value = environment.getProperty(BACKPLANE_MODE);
    if (value == null) {
      return cluster();
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "redis" -> true;
      case "none" -> false;
      default ->
          throw new InvalidSettingException(
              BACKPLANE_MODE, value, "is neither redis nor none", "Set it to redis or none.");
    };
  }

  private RedisAddress required(Use use) {
    return address(use)
        .orElseThrow(
            () ->
                new InvalidSettingException(
                    use.alias(),
                    "",
                    "is empty, so nobody knows which Redis holds " + use.what(),
                    "Set "
                        + use.alias()
                        + " (or "
                        + use.property()
                        + ", or "
                        + SpringDataRedis.URL
                        + ")"
                        + " to redis://host:port, or IsClusterEnv to false for a single process."));
  }

  private Optional<RedisAddress> address(Use use) {
    return FarmSettings.parsed(environment, use.property(), use.alias(), RedisAddress::parse)
        .or(() -> new SpringDataRedis(environment).address());
  }

  /** One use of Redis with the settings that name its place. */
  private record Use(String property, String alias, String what) {}
}
