package io.sharedredis.lettuce.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The public id of a session, what its cookie carries: 36 characters of base64url, as many as a
 * session key of ASP.NET Core has.
 *
 * <p>The first 18 stay for the session's life: two name the partition, sixteen (96 random bits)
 * select the session. The last 18 (108 random bits) change with {@link #renewed}. Redis sees hashes
 * of both only. A session key that ASP.NET Core made is an id too, in partition 0. Immutable;
 * {@link #toString()} does not show it.
 */
public final class SessionId {

  /** Characters of an id. */
  public static final int LENGTH = 36;

  private static final int STABLE = 18;
  private static final int PARTITION = 2;
  private static final int BYTES = 27;

  /** Bytes of a hash that are kept: nobody finds a second input to 128 bits. */
  private static final int HASH_BYTES = 16;

  /** A session key of ASP.NET Core. */
  private static final Pattern DOTNET =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final int HYPHEN = 8;

  /** Bytes of the hexadecimal digits behind the first 18 characters of one. */
  private static final int DOTNET_BYTES = 8;

  private static final byte[] INTERNAL = {'i', 'd', ':'};
  private static final byte[] CHECK = {'c', 'h', 'e', 'c', 'k', ':'};
  private static final byte[] USER = {'u', 's', 'e', 'r', ':'};
  private static final MessageDigest SHA256 = findSha256();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String text;
  private final String internal;
  private final String check;
  private final int partition;

  private SessionId(String text) {
    this.text = text;
    MessageDigest digest = newSha256();
    byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
    this.internal = hash(digest, INTERNAL, letters, STABLE);
    this.check = hash(digest, CHECK, letters, letters.length);
    this.partition = dotnet() ? 0 : digit(text.charAt(0)) << 6 | digit(text.charAt(1));
  }

  /** A new id in partition 0, the only one so far. */
  static SessionId random(SecureRandom random) {
    return new SessionId("A".repeat(PARTITION) + letters(random).substring(PARTITION));
  }

  /** An id that a client sent, or empty if it is none; nothing has to be asked then. */
  public static Optional<SessionId> parse(String text) {
    if (text.length() != LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < LENGTH; i++) {
      if (digit(text.charAt(i)) < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(new SessionId(text));
  }

  /** What a character of base64url stands for, or -1. */
  private static int digit(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
  }

  /**
   * The id that stands for one of another kind, always the same: requests that carry the other one
   * at the same time find one session. As hard to guess as the other.
   */
  public static SessionId standingFor(String other) {
    String letters = BASE64.encodeToString(Arrays.copyOf(sha256("stands for:" + other), BYTES));
    return new SessionId("A".repeat(PARTITION) + letters.substring(PARTITION));
  }

  /**
   * The id of a session whose cookie ASP.NET Core made, or empty if the key is of another form. Of
   * its 128 random bits the first 64 select the session, the others change with {@link #renewed}.
   */
  public static Optional<SessionId> ofDotnet(String sessionKey) {
    return DOTNET.matcher(sessionKey).matches()
        ? Optional.of(new SessionId(sessionKey))
        : Optional.empty();
  }

  /** Another id of the same session, in the form of this one. */
  SessionId renewed(SecureRandom random) {
    if (dotnet()) {
      byte[] bytes = new byte[DOTNET_BYTES];
      random.nextBytes(bytes);
      String digits = HexFormat.of().formatHex(bytes);
      return new SessionId(
          text.substring(0, STABLE) + "-" + digits.substring(0, 4) + "-" + digits.substring(4));
    }
    return new SessionId(text.substring(0, STABLE) + letters(random).substring(STABLE));
  }

  /** The id itself: a secret of its owner. */
  public String text() {
    return text;
  }

  /** What names the session in Redis and to people: 22 characters, stays when the id changes. */
  public String internal() {
    return internal;
  }

  /** Hash of the whole id, by which a script knows that it is the present one. */
  String check() {
    return check;
  }

  /** Number of the partition whose keys lie in one slot, 0 to 4095. */
  int partition() {
    return partition;
  }

  private boolean dotnet() {
    // Few ids have a hyphen there: the others need not be matched.
    return text.charAt(HYPHEN) == '-' && DOTNET.matcher(text).matches();
  }

  /** Hash by which Redis knows a user. */
  static String userHash(String user) {
    byte[] name = user.getBytes(StandardCharsets.UTF_8);
    return hash(newSha256(), USER, name, name.length);
  }

  private static String letters(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return BASE64.encodeToString(bytes);
  }

  private static String hash(MessageDigest digest, byte[] kind, byte[] input, int length) {
    digest.update(kind);
    digest.update(input, 0, length);
    return BASE64.encodeToString(Arrays.copyOf(digest.digest(), HASH_BYTES));
  }

  private static byte[] sha256(String input) {
    return newSha256().digest(input.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of one that was never used: looking it up costs more than the hash. */
  private static MessageDigest newSha256() {
    try {
      return (MessageDigest) SHA256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this Java runtime cannot be copied", e);
    }
  }

  private static MessageDigest findSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionId that
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.US_ASCII),
            that.text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int hashCode() {
    return internal.hashCode();
  }

  /** The internal id: safe to log. */
  @Override
  public String toString() {
    return internal;
  }
}
