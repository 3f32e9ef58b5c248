package io.sharedredis.starter;

import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.spring.web.TrustedProxies;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * Works out {@link Farm} from the settings: an explicit property wins over the environment names of
 * the original, these over {@code spring.data.redis.url}.
 */
final class FarmSettings {

  private final Environment environment;
  private final SharedRedisProperties properties;

  FarmSettings(Environment environment, SharedRedisProperties properties) {
    this.environment = environment;
    this.properties = properties;
  }

  Farm resolve() {
    RedisPlaces places = new RedisPlaces(environment);
    return new Farm(
        applicationName(),
        replicaName(),
        publicUrl(environment),
        trustedProxies(environment),
        places.keyRing(),
        places.backplane(),
        places.sessions());
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

  static <T> Optional<T> parsed(
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
  interface Parser<T> {
    T parse(String option, String value);
  }
}
