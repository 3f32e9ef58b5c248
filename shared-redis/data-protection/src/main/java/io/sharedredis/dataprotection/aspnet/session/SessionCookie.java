package io.sharedredis.dataprotection.aspnet.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.StandardBase64;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.util.Optional;

/**
 * The value of ASP.NET Core's session cookie: the protected key of the session in the distributed
 * cache, in standard base64 without padding. The cookie itself carries it percent-escaped.
 * Thread-safe.
 */
public final class SessionCookie {
  /** Default name of the cookie. */
  public static final String COOKIE_NAME = ".AspNetCore.Session";

  /** Characters of a session key; any text of that length is taken. */
  private static final int KEY_LENGTH = 36;

  private final DataProtector protector;

  public SessionCookie(DataProtectionProvider provider) {
    this.protector = provider.protector("SessionMiddleware");
  }

  /**
   * @param sessionKey 36 characters
   * @throws IllegalArgumentException if it is of another length
   */
  public String protect(String sessionKey) {
    if (sessionKey.length() != KEY_LENGTH) {
      throw new IllegalArgumentException(
          "a session key has " + KEY_LENGTH + " characters, not " + sessionKey.length());
    }
    String text = StandardBase64.encode(protector.protect(StrictUtf8.encode(sessionKey)));
    return text.replaceAll("=+$", "");
  }

  /**
   * The session key, or empty if the value is not accepted.
   *
   * @param value percent-decoded
   * @throws StoreUnavailableException if the key ring could not be read, so that nobody knows
   */
  public Optional<String> unprotect(String value) {
    try {
      byte[] plaintext = protector.unprotect(StandardBase64.decode(padded(value)));
      String key = StrictUtf8.decode(plaintext, 0, plaintext.length);
      return Optional.of(key).filter(text -> text.length() == KEY_LENGTH);
    } catch (DataProtectionException e) {
      if (e instanceof StoreUnavailableException) {
        throw e;
      }
      if (e.getCause() instanceof StoreUnavailableException away) {
        throw away;
      }
      return Optional.empty();
    }
  }

  private static String padded(String text) {
    return text + "=".repeat((4 - text.length() % 4) % 4);
  }
}
