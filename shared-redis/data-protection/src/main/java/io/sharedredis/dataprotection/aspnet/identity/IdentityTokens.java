package io.sharedredis.dataprotection.aspnet.identity;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.DotNetReader;
import io.sharedredis.dataprotection.aspnet.DotNetWriter;
import io.sharedredis.dataprotection.aspnet.StandardBase64;
import io.sharedredis.dataprotection.crypto.DotNetTicks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Tokens of ASP.NET Core Identity's data-protector provider: for confirming an e-mail address,
 * resetting a password and the like. They end with a change of the user's security stamp.
 * Thread-safe.
 */
public final class IdentityTokens {
  /** Purpose of e-mail confirmation. */
  public static final String EMAIL_CONFIRMATION = "EmailConfirmation";

  /** Purpose of a password reset. */
  public static final String RESET_PASSWORD = "ResetPassword";

  /** Name of the provider that Identity uses by default; it is the protector's purpose. */
  public static final String DEFAULT_NAME = "DataProtectorTokenProvider";

  /** Identity's default lifespan of a token. */
  public static final Duration DEFAULT_LIFESPAN = Duration.ofDays(1);

  private final DataProtector protector;
  private final Duration lifespan;
  private final InstantSource clock;

  public IdentityTokens(
      DataProtectionProvider provider, String name, Duration lifespan, InstantSource clock) {
    this.protector = provider.protector(name);
    this.lifespan = lifespan;
    this.clock = clock;
  }

  /** Purpose of a change to another e-mail address. */
  public static String changeEmail(String newAddress) {
    return "ChangeEmail:" + newAddress;
  }

  /** A token in standard base64. */
  public String generate(String purpose, String userId, String securityStamp) {
    byte[] content =
        new DotNetWriter()
            .int64(DotNetTicks.of(clock.instant()))
            .string(userId)
            .string(purpose)
            .string(securityStamp)
            .toByteArray();
    return StandardBase64.encode(protector.protect(content));
  }

  /** Whether the token was made for this purpose and user, and neither it nor his stamp is old. */
  public boolean isValid(String token, String purpose, String userId, String securityStamp) {
    try {
      DotNetReader in = new DotNetReader(protector.unprotect(StandardBase64.decode(token)));
      Instant created = DotNetTicks.toInstant(in.int64());
      return !created.plus(lifespan).isBefore(clock.instant())
          && in.string().equals(userId)
          && in.string().equals(purpose)
          && in.string().equals(securityStamp)
          && in.atEnd();
    } catch (DataProtectionException e) {
      return false;
    }
  }
}
