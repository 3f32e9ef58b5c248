package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates entries of a key ring with HMAC-SHA-256 over their text, under a secret that is not
 * in the store. Thread-safe.
 */
public final class EntryAuthentication {
  /** Shortest secret, in bytes: as long as the hash, so that guessing is hopeless. */
  public static final int MIN_SECRET_BYTES = 32;

  /** Keeps this use of the secret apart from any other. */
  private static final byte[] LABEL =
      "shared-redis key ring entry v1\n".getBytes(StandardCharsets.UTF_8);

  private final SecretKeySpec secret;

  /**
   * @param secret at least 32 random bytes, the same on every replica; copied
   * @throws IllegalArgumentException if it is shorter
   */
  public EntryAuthentication(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "ringSecret has "
              + secret.length
              + " bytes; at least "
              + MIN_SECRET_BYTES
              + " random bytes are needed");
    }
    this.secret = new SecretKeySpec(secret, "HmacSHA256");
  }

  KeyItem tag(KeyItem item) {
    return new KeyItem(
        item.xml(), item.friendlyName(), Base64.getEncoder().encodeToString(mac(item.xml())));
  }

  boolean isGenuine(KeyItem item) {
    String tag = item.tag();
    if (tag == null) {
      return false;
    }
    byte[] given;
    try {
      given = Base64.getDecoder().decode(tag);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return MessageDigest.isEqual(mac(item.xml()), given);
  }

  private byte[] mac(String xml) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      mac.update(LABEL);
      return mac.doFinal(xml.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
    }
  }
}
