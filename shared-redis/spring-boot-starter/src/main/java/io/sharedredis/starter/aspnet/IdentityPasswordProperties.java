package io.sharedredis.starter.aspnet;

import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes;
import io.sharedredis.starter.InvalidSettingException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Password hashes of an ASP.NET Core Identity database.
 *
 * @param version of new hashes, {@code v3} or, for old readers, {@code v2}; both are read. Only
 *     where it is given is there such a {@code PasswordEncoder}
 * @param iterations of new hashes of version 3; stored ones with fewer are made anew at sign-in
 */
@ConfigurationProperties("shared-redis.security.identity-passwords")
public record IdentityPasswordProperties(
    @Nullable Version version,
    @DefaultValue("" + PasswordHashes.DEFAULT_ITERATIONS) int iterations) {

  /** PBKDF2 below this is broken in hours; Identity itself wrote 10,000 until .NET 6. */
  private static final int FEWEST = 10_000;

  /** Checks the iterations. */
  public IdentityPasswordProperties {
    if (iterations < FEWEST || iterations > PasswordHashes.MAX_ITERATIONS) {
      throw new InvalidSettingException(
          "shared-redis.security.identity-passwords.iterations",
          iterations,
          "is not between " + FEWEST + " and " + PasswordHashes.MAX_ITERATIONS,
          "Leave it out for " + PasswordHashes.DEFAULT_ITERATIONS + ", Identity's default.");
    }
  }

  /** Format of new hashes. */
  public enum Version {
    /** PBKDF2 with HMAC-SHA-1 and 1,000 iterations. */
    V2,
    /** PBKDF2 with HMAC-SHA-512. */
    V3
  }
}
