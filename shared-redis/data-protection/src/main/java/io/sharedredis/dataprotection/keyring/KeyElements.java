package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor.EncryptedSecret;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the elements of a key ring exactly as ASP.NET Core 10 does: one line, without declaration,
 * ready for the Redis list.
 */
final class KeyElements {
  static final String NAMESPACE = "http://schemas.asp.net/2015/03/dataProtection";

  private KeyElements() {}

  /**
   * A key in its unencrypted form, as it is given to escrow sinks and, where nothing encrypts keys
   * at rest, stored.
   */
  static String key(
      UUID id,
      Instant creation,
      Instant activation,
      Instant expiration,
      KeyAlgorithm algorithm,
      byte[] masterKey) {
    return key(id, creation, activation, expiration, algorithm, masterKey(masterKey, "p4"));
  }

  /** A key whose secret is encrypted. */
  static String encryptedKey(
      UUID id,
      Instant creation,
      Instant activation,
      Instant expiration,
      KeyAlgorithm algorithm,
      byte[] masterKey,
      SecretEncryptor encryptor) {
    EncryptedSecret secret =
        Extensions.call("secret encryptor", () -> encryptor.encrypt(masterKey(masterKey, "d1p1")));
    String wrapper =
        "<encryptedSecret decryptorType=\""
            + escapeAttribute(secret.decryptorType())
            + "\" xmlns=\""
            + NAMESPACE
            + "\">"
            + secret.xml()
            + "</encryptedSecret>";
    return key(id, creation, activation, expiration, algorithm, wrapper);
  }

  private static String key(
      UUID id,
      Instant creation,
      Instant activation,
      Instant expiration,
      KeyAlgorithm algorithm,
      String secret) {
    return "<key id=\""
        + id
        + "\" version=\"1\"><creationDate>"
        + KeyDates.format(creation)
        + "</creationDate><activationDate>"
        + KeyDates.format(activation)
        + "</activationDate><expirationDate>"
        + KeyDates.format(expiration)
        + "</expirationDate><descriptor deserializerType=\""
        + Descriptors.generalTypeName()
        + "\"><descriptor>"
        + algorithm.elements()
        + secret
        + "</descriptor></descriptor></key>";
  }

  private static String masterKey(byte[] masterKey, String prefix) {
    return "<masterKey "
        + prefix
        + ":requiresEncryption=\"true\" xmlns:"
        + prefix
        + "=\""
        + NAMESPACE
        + "\"><!-- Warning: the key below is in an unencrypted form. --><value>"
        + Base64.getEncoder().encodeToString(masterKey)
        + "</value></masterKey>";
  }

  static String revocation(UUID id, Instant at, @Nullable String reason) {
    return "<revocation version=\"1\"><revocationDate>"
        + KeyDates.format(at)
        + "</revocationDate><key id=\""
        + id
        + "\" />"
        + reason(reason)
        + "</revocation>";
  }

  static String massRevocation(OffsetDateTime before, @Nullable String reason) {
    return "<revocation version=\"1\"><revocationDate>"
        + KeyDates.format(before)
        + "</revocationDate>"
        + "<!-- All keys created before the revocation date are revoked. --><key id=\"*\" />"
        + reason(reason)
        + "</revocation>";
  }

  private static String reason(@Nullable String reason) {
    return reason == null ? "<reason />" : "<reason>" + escapeText(reason) + "</reason>";
  }

  /** Line ends become LF, and what XML 1.0 cannot carry becomes U+FFFD. */
  private static String escapeText(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.replace("\r\n", "\n")
        .replace('\r', '\n')
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                default -> escaped.appendCodePoint(isXmlCharacter(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static String escapeAttribute(String text) {
    return escapeText(text).replace("\"", "&quot;");
  }

  private static boolean isXmlCharacter(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
