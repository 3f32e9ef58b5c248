package io.sharedredis.starter;

import io.sharedredis.dataprotection.aspnet.session.SessionCookie;
import io.sharedredis.lettuce.session.SessionLimit;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

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
 * @param redis deadlines and TLS of every Redis connection
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
   * How long Redis may take, and how TLS to it is spoken.
   *
   * @param commandTimeout longest wait for the answer to one command
   * @param connectTimeout longest wait for a connection
   * @param sslBundle SSL bundle with the authorities that are trusted and the certificate that is
   *     shown, where an address says TLS; by default {@code spring.data.redis.ssl.bundle}, else
   *     those of the Java platform
   */
  public record Redis(
      @DefaultValue("500ms") Duration commandTimeout,
      @DefaultValue("2s") Duration connectTimeout,
      @Nullable String sslBundle) {

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
   * @param mirrorDirectory where a ring in Redis has a copy that is written back if Redis loses it;
   *     a directory that outlives restarts, for this ring alone
   * @param keyLifetime how long a new key is used to protect
   */
  public record DataProtection(
      @DefaultValue Place redis,
      @DefaultValue("DataProtection-Keys") String redisKey,
      @Nullable String directory,
      @Nullable String mirrorDirectory,
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
   * @param store what keeps them in Redis
   * @param timeout a session nobody uses for so long is gone
   * @param touchInterval longest time for which the use of a session is not written; by default a
   *     tenth of the timeout
   * @param maxSessionsPerUser sessions one user may have at a time; 0 for no limit
   * @param beyondLimit what happens when a user signs in once more than that
   * @param maxAttributeSize of one attribute
   * @param maxAttributes of one session
   * @param attributeTypes classes of attributes beyond those that are known anyway, besides those
   *     of {@link io.sharedredis.spring.session.SessionTypes} beans
   * @param migrateFrom whose sessions are read once and written into our store
   * @param whenUnavailable what is served while Redis is away
   * @param cookieFormat how the cookie is written; ASP.NET Core's, which is protected, is read
   *     whichever is written
   * @param cookie the cookie that carries the session's id
   * @param dotnet sessions of ASP.NET Core under the same cookie
   * @param l1 sessions that this replica keeps for a moment after it has read them
   */
  public record Session(
      @DefaultValue Place redis,
      @DefaultValue("shared") Store store,
      @DefaultValue("30m") Duration timeout,
      @Nullable Duration touchInterval,
      @DefaultValue("0") int maxSessionsPerUser,
      @DefaultValue("end-oldest") SessionLimit.Beyond beyondLimit,
      @DefaultValue("1MB") DataSize maxAttributeSize,
      @DefaultValue("1000") int maxAttributes,
      @DefaultValue List<Class<?>> attributeTypes,
      @DefaultValue("none") MigrateFrom migrateFrom,
      @DefaultValue WhenUnavailable whenUnavailable,
      @DefaultValue("spring-session") CookieFormat cookieFormat,
      @DefaultValue Cookie cookie,
      @DefaultValue Dotnet dotnet,
      @DefaultValue L1 l1) {

    /** How the session cookie is written. */
    public enum CookieFormat {
      /** The id in base64, as Spring Session writes it. */
      SPRING_SESSION("SESSION"),
      /** Protected by the key ring, as ASP.NET Core writes it. */
      DOTNET(SessionCookie.COOKIE_NAME);

      private final String cookieName;

      CookieFormat(String cookieName) {
        this.cookieName = cookieName;
      }
    }

    /** What keeps sessions in Redis. */
    public enum Store {
      /** Spring Session's plain repository. */
      SPRING_SESSION,
      /** Ours: fewer commands, sealed, ends by user. */
      SHARED
    }

    /** Whose sessions are taken over. */
    public enum MigrateFrom {
      /** Nobody's. */
      NONE,
      /** Those of Spring Session's plain repository, as long as they are kept as JSON. */
      SPRING_SESSION
    }

    /** Checks that every value can be used. */
    public Session {
      attributeTypes = List.copyOf(attributeTypes);
      Settings.requirePositive("shared-redis.session.timeout", timeout);
      if (touchInterval != null
          && (touchInterval.isNegative() || touchInterval.compareTo(timeout) > 0)) {
        throw new InvalidSettingException(
            "shared-redis.session.touch-interval",
            touchInterval,
            "is negative or longer than the timeout",
            "Leave it out for a tenth of the timeout.");
      }
      if (maxSessionsPerUser < 0) {
        throw new InvalidSettingException(
            "shared-redis.session.max-sessions-per-user",
            maxSessionsPerUser,
            "is negative",
            "Give 0 for no limit.");
      }
      if (maxAttributes < 1) {
        throw new InvalidSettingException(
            "shared-redis.session.max-attributes", maxAttributes, "is less than one", "Give 1000.");
      }
      if (maxAttributeSize.toBytes() < 1 || maxAttributeSize.toMegabytes() > 100) {
        throw new InvalidSettingException(
            "shared-redis.session.max-attribute-size",
            maxAttributeSize,
            "is not between 1B and 100MB",
            "Give 1MB; what is larger belongs elsewhere.");
      }
      if (dotnet.enabled() && cookie.formerFormat() == Cookie.FormerFormat.SPRING_SESSION) {
        throw new InvalidSettingException(
            "shared-redis.session.cookie.former-format",
            "spring-session",
            "takes ids that .NET's keys in Redis name to everybody who reads them",
            "Leave it out, or set shared-redis.session.dotnet.enabled when no such cookie is left.");
      }
    }

    /** The name of the cookie: the one that was given, or the usual one of the format. */
    String cookieName() {
      return cookie.name() == null ? cookieFormat.cookieName : cookie.name();
    }

    /** Other names under which a session's cookie may still come. */
    List<String> formerCookieNames() {
      boolean byDefault = cookie.name() == null && cookie.formerNames().isEmpty();
      return byDefault && cookieFormat == CookieFormat.DOTNET
          ? List.of(CookieFormat.SPRING_SESSION.cookieName)
          : cookie.formerNames();
    }

    /**
     * Whether the cookie may come unprotected, in Spring Session's form. Not where .NET's cache
     * names its keys by the ids: who reads Redis knows them, and must not send them.
     */
    boolean readsUnprotected() {
      return cookieFormat == CookieFormat.SPRING_SESSION
          || (!dotnet.enabled()
              && (cookie.formerFormat() == Cookie.FormerFormat.SPRING_SESSION
                  || migrateFrom == MigrateFrom.SPRING_SESSION));
    }

    /** How our store keeps the sessions of an application. */
    SessionStoreOptions options(String application) {
      return SessionStoreOptions.of(application)
          .withTouchInterval(touchInterval == null ? timeout.dividedBy(10) : touchInterval)
          .withAttributeLimits(Math.toIntExact(maxAttributeSize.toBytes()), maxAttributes)
          .withLimit(new SessionLimit(maxSessionsPerUser, beyondLimit));
    }
  }

  /**
   * What is served while the Redis of sessions is away. Everything that needs a session is answered
   * with 503, except for these paths.
   *
   * @param anonymous path patterns such as {@code /catalog/**} of which GET is served as if nobody
   *     was signed in; no cookie is touched, and whatever changes something or needs a new session
   *     is answered with 503
   */
  public record WhenUnavailable(@DefaultValue List<String> anonymous) {

    /** Copies the list. */
    public WhenUnavailable {
      anonymous = List.copyOf(anonymous);
    }
  }

  /**
   * The session cookie; always {@code HttpOnly} and {@code SameSite=Lax}, and {@code Secure} when
   * the public URL is https.
   *
   * @param name of the cookie; by default {@code SESSION}, and {@code .AspNetCore.Session} in
   *     ASP.NET Core's format
   * @param formerNames names under which the cookie is read too, while it is renamed; by default
   *     {@code SESSION} when the format is ASP.NET Core's and no name is given
   * @param formerFormat in which the cookie is read too, while a farm changes from Spring Session's
   *     to ASP.NET Core's: it carries the id unprotected
   * @param path below which browsers send it; by default the application's context path
   */
  public record Cookie(
      @Nullable String name,
      @DefaultValue List<String> formerNames,
      @DefaultValue("none") FormerFormat formerFormat,
      @Nullable String path) {

    /** A form that is read besides the one that is written. */
    public enum FormerFormat {
      /** No other; with {@code migrate-from} Spring Session's all the same. */
      NONE,
      /** The id in base64, as Spring Session writes it. */
      SPRING_SESSION
    }

    /** Checks the names. */
    public Cookie {
      if (name != null) {
        Settings.requireText("shared-redis.session.cookie.name", name);
      }
      formerNames = List.copyOf(formerNames);
      formerNames.forEach(
          former -> Settings.requireText("shared-redis.session.cookie.former-names", former));
    }
  }

  /**
   * Sessions of ASP.NET Core under the same cookie, in the Redis of sessions.
   *
   * @param enabled whether there is a bean that reads and writes them; session ids are taken from
   *     protected cookies only then
   * @param instanceName what the .NET application's {@code RedisCacheOptions.InstanceName} says
   * @param idleTimeout a session that is written here and that nobody uses for so long is gone
   * @param maxSize of one session
   */
  public record Dotnet(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("") String instanceName,
      @DefaultValue("20m") Duration idleTimeout,
      @DefaultValue("1MB") DataSize maxSize) {

    /** Checks that every value can be used. */
    public Dotnet {
      Settings.requirePositive("shared-redis.session.dotnet.idle-timeout", idleTimeout);
      if (maxSize.toBytes() < 1 || maxSize.toMegabytes() > 100) {
        throw new InvalidSettingException(
            "shared-redis.session.dotnet.max-size",
            maxSize,
            "is not between 1B and 100MB",
            "Give 1MB; what is larger belongs elsewhere.");
      }
    }
  }

  /**
   * Sessions that a replica keeps for a moment after it has read them, so that the next read costs
   * no command. The same on every replica.
   *
   * @param enabled whether it does
   * @param ttl for how long; an end is in force this late at most when its announcement is lost
   * @param maxEntries how many; in memory each takes what it takes in Redis
   */
  public record L1(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("1s") Duration ttl,
      @DefaultValue("10000") int maxEntries) {

    /** Who ended a session expects it to be ended; two seconds are what hub connections take. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    /** Checks that every value can be used. */
    public L1 {
      Settings.requirePositive("shared-redis.session.l1.ttl", ttl);
      if (ttl.compareTo(LONGEST) > 0) {
        throw new InvalidSettingException(
            "shared-redis.session.l1.ttl",
            ttl,
            "is longer than two seconds",
            "Give 1s: an end whose announcement is lost is in force this late.");
      }
      if (maxEntries < 1) {
        throw new InvalidSettingException(
            "shared-redis.session.l1.max-entries", maxEntries, "is less than one", "Give 10000.");
      }
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
