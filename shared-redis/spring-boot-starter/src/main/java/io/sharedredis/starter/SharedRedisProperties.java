package io.sharedredis.starter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code shared-redis}. A value that cannot be used stops the start with an error
 * that names the setting and the value.
 *
 * @param applicationName purpose 1 of every protector: applications of another name cannot read
 *     what this one protects; by default {@code spring.application.name}
 * @param replicaName what {@code X-Replica} says; by default {@code REPLICA_NAME}, else the name of
 *     the host
 * @param publicUrl scheme, host and port under which people reach the site; by default {@code
 *     PUBLIC_URL}, else {@code http://localhost:8080}
 * @param trustedProxies addresses, IPv4 blocks or regular expressions of the gateways whose
 *     forwarded headers are believed; by default {@code TRUSTED_PROXIES}, else this machine
 * @param redis deadlines of every Redis connection
 * @param dataProtection the key ring
 * @param session HTTP sessions
 * @param drain what happens before the replica stops
 */
@ConfigurationProperties("shared-redis")
public record SharedRedisProperties(
    @Nullable String applicationName,
    @Nullable String replicaName,
    @Nullable String publicUrl,
    @Nullable String trustedProxies,
    @DefaultValue Redis redis,
    @DefaultValue DataProtection dataProtection,
    @DefaultValue Session session,
    @DefaultValue Drain drain) {

  /**
   * How long Redis may take.
   *
   * @param commandTimeout longest wait for the answer to one command
   * @param connectTimeout longest wait for a connection
   */
  public record Redis(
      @DefaultValue("500ms") Duration commandTimeout, @DefaultValue("2s") Duration connectTimeout) {

    /** Checks the durations. */
    public Redis {
      Settings.requirePositive("shared-redis.redis.command-timeout", commandTimeout);
      Settings.requirePositive("shared-redis.redis.connect-timeout", connectTimeout);
    }
  }

  /**
   * The key ring.
   *
   * @param redis where it lies; by default {@code DPConnectionString}, else {@code
   *     spring.data.redis.url}
   * @param redisKey the list that holds it; ASP.NET Core's default
   * @param directory where it lies when it is not shared over Redis; in memory when not given
   * @param keyLifetime how long a new key is used to protect
   */
  public record DataProtection(
      @DefaultValue Place redis,
      @DefaultValue("DataProtection-Keys") String redisKey,
      @Nullable String directory,
      @DefaultValue("90d") Duration keyLifetime) {

    /** ASP.NET Core's lower bound: a shorter life could end before every replica knows the key. */
    private static final Duration SHORTEST_LIFE = Duration.ofDays(7);

    /** Checks the list's name and the lifetime. */
    public DataProtection {
      Settings.requireText("shared-redis.data-protection.redis-key", redisKey);
      if (keyLifetime.compareTo(SHORTEST_LIFE) < 0) {
        throw new InvalidSettingException(
            "shared-redis.data-protection.key-lifetime",
            keyLifetime,
            "is shorter than seven days",
            "Give 7d or more; keys are announced to replicas days before they are used.");
      }
    }
  }

  /**
   * HTTP sessions.
   *
   * @param redis where they lie; by default {@code SESSION_REDIS_URL}, else {@code
   *     spring.data.redis.url}
   * @param timeout a session nobody uses for so long is gone
   * @param cookie the cookie that carries the session's id
   */
  public record Session(
      @DefaultValue Place redis,
      @DefaultValue("30m") Duration timeout,
      @DefaultValue Cookie cookie) {

    /** Checks the timeout. */
    public Session {
      Settings.requirePositive("shared-redis.session.timeout", timeout);
    }
  }

  /**
   * The session cookie; always {@code HttpOnly} and {@code SameSite=Lax}, and {@code Secure} when
   * the public URL is https.
   *
   * @param name of the cookie
   * @param path below which browsers send it; by default the application's context path
   */
  public record Cookie(@DefaultValue("SESSION") String name, @Nullable String path) {

    /** Checks the name. */
    public Cookie {
      Settings.requireText("shared-redis.session.cookie.name", name);
    }
  }

  /**
   * What happens on SIGTERM before requests are refused.
   *
   * @param notice how long {@code /readiness} is off while requests are still served, so that the
   *     gateway has time to notice
   */
  public record Drain(@DefaultValue("5s") Duration notice) {

    /** Checks the duration. */
    public Drain {
      if (notice.isNegative()) {
        throw new InvalidSettingException(
            "shared-redis.drain.notice", notice, "is negative", "Give 0s for none.");
      }
    }
  }

  /**
   * One Redis.
   *
   * @param url {@code redis://[user:password@]host:port}, or StackExchange.Redis' notation
   */
  public record Place(@Nullable String url) {}
}
