package io.sharedredis.spring.security;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One half of ASP.NET Core's antiforgery pair, as it is before it is protected: {@code 01 ||
 * security token (16) || is cookie token (1)}, and for the half that comes with the request {@code
 * || 0 || user name || additional data}, texts with their length in bytes as a LEB128 number before
 * them.
 *
 * @param securityToken 16 random bytes that both halves share
 * @param userName for whom the request half is: empty for nobody; null on the cookie half
 */
record AntiforgeryToken(byte[] securityToken, @Nullable String userName) {

  /** Bytes of the security token; ASP.NET Core's length. */
  static final int SECURITY_TOKEN_LENGTH = 16;

  private static final byte VERSION = 1;

  /** The half that lies in the cookie. */
  static AntiforgeryToken cookie(byte[] securityToken) {
    return new AntiforgeryToken(securityToken, null);
  }

  /** The half that comes with the request. */
  static AntiforgeryToken request(byte[] securityToken, String userName) {
    return new AntiforgeryToken(securityToken, userName);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(VERSION);
    bytes.writeBytes(securityToken);
    bytes.write(userName == null ? 1 : 0);
    if (userName != null) {
      bytes.write(0); // the user is told by name, not by a hash of claims
      writeText(bytes, userName);
      writeText(bytes, "");
    }
    return bytes.toByteArray();
  }

  /**
   * Reads one half, or nothing if it is none that we use: another version, cut, with bytes behind
   * it, bound to claims, or with additional data.
   */
  static @Nullable AntiforgeryToken fromBytes(byte[] bytes) {
    if (bytes.length < 2 + SECURITY_TOKEN_LENGTH || bytes[0] != VERSION) {
      return null;
    }
    byte[] securityToken = Arrays.copyOfRange(bytes, 1, 1 + SECURITY_TOKEN_LENGTH);
    ByteBuffer rest =
        ByteBuffer.wrap(bytes, 1 + SECURITY_TOKEN_LENGTH, bytes.length - 1 - SECURITY_TOKEN_LENGTH);
    if (rest.get() != 0) {
      return rest.hasRemaining() ? null : cookie(securityToken);
    }
    if (!rest.hasRemaining() || rest.get() != 0) {
      return null;
    }
    String user = readText(rest);
    String additional = user == null ? null : readText(rest);
    return additional != null && additional.isEmpty() && !rest.hasRemaining() && user != null
        ? request(securityToken, user)
        : null;
  }

  boolean isCookieHalf() {
    return userName == null;
  }

  private static void writeText(ByteArrayOutputStream bytes, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = utf8.length;
    while (length >= 0x80) {
      bytes.write(length & 0x7f | 0x80);
      length >>>= 7;
    }
    bytes.write(length);
    bytes.writeBytes(utf8);
  }

  private static @Nullable String readText(ByteBuffer bytes) {
    int length = 0;
    // Three groups hold two million bytes, more than any header line may have.
    for (int shift = 0; ; shift += 7) {
      if (shift > 14 || !bytes.hasRemaining()) {
        return null;
      }
      byte group = bytes.get();
      length |= (group & 0x7f) << shift;
      if (group >= 0) {
        break;
      }
    }
    if (length > bytes.remaining()) {
      return null;
    }
    ByteBuffer text = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AntiforgeryToken that
        && MessageDigest.isEqual(securityToken, that.securityToken)
        && (userName == null ? that.userName == null : userName.equals(that.userName));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(securityToken);
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return isCookieHalf() ? "AntiforgeryToken[cookie]" : "AntiforgeryToken[request]";
  }
}
