package io.sharedredis.hub.server;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Names of connections: 16 random bytes as 22 characters of base64url, as in ASP.NET Core.
 * Thread-safe.
 */
public final class ConnectionIds {
  private static final int BYTES = 16;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

  private final RandomGenerator random;

  public ConnectionIds() {
    this(new SecureRandom());
  }

  /**
   * @param random unpredictable: with negotiate version 0 an id is all that names a connection
   */
  public ConnectionIds(RandomGenerator random) {
    this.random = random;
  }

  public String next() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether {@code text} has the form of an id. */
  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }
}
