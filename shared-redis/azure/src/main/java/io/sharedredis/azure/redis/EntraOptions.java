package io.sharedredis.azure.redis;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@link EntraLogin}. Immutable; validated when built, with an {@link
 * IllegalArgumentException} that names option and value.
 */
public final class EntraOptions {

  private final String scope;
  private final @Nullable String user;
  private final Duration deadline;
  private final boolean plaintextAllowed;

  private EntraOptions(Builder builder) {
    this.scope = builder.scope;
    this.user = builder.user;
    this.deadline = builder.deadline;
    this.plaintextAllowed = builder.plaintextAllowed;
  }

  public static Builder builder() {
    return new Builder();
  }

  String scope() {
    return scope;
  }

  Optional<String> user() {
    return Optional.ofNullable(user);
  }

  Duration deadline() {
    return deadline;
  }

  boolean plaintextAllowed() {
    return plaintextAllowed;
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {

    /** What Azure's Redis asks a token for, in the public cloud. */
    private static final String REDIS = "https://redis.azure.com/.default";

    /** A token service answers within a second; its caches within milliseconds. */
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(1);

    private String scope = REDIS;
    private @Nullable String user;
    private Duration deadline = DEFAULT_DEADLINE;
    private boolean plaintextAllowed;

    private Builder() {}

    /** What the token is for. Default {@code https://redis.azure.com/.default}. */
    public Builder scope(String resource) {
      if (resource.isBlank()) {
        throw new IllegalArgumentException("scope is empty; leave it out for " + REDIS);
      }
      this.scope = resource;
      return this;
    }

    /** User name at Redis. Default: the object id that the token names ({@code oid}). */
    public Builder user(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("user is empty; leave it out to use the token's oid");
      }
      this.user = name;
      return this;
    }

    /** Longest wait for a token. Default 10 s; at most 1 min. */
    public Builder deadline(Duration longest) {
      if (longest.isZero() || longest.isNegative() || longest.compareTo(LONGEST_DEADLINE) > 0) {
        throw new IllegalArgumentException(
            "deadline is " + longest + "; it must be above 0 and at most " + LONGEST_DEADLINE);
      }
      this.deadline = longest;
      return this;
    }

    /**
     * Sends tokens without TLS too: where something beside this process encrypts the connection.
     * Default off; whoever reads a token is this application for an hour.
     */
    public Builder allowPlaintext(boolean allow) {
      this.plaintextAllowed = allow;
      return this;
    }

    public EntraOptions build() {
      return new EntraOptions(this);
    }
  }
}
