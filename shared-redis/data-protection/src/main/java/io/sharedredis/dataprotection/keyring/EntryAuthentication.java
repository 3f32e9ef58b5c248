package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

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

  private final Supplier<byte[]> source;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable SecretKeySpec secret;

  /**
   * @param secret at least 32 random bytes, the same on every replica; copied
   * @throws IllegalArgumentException if it is shorter
   */
  public EntryAuthentication(byte[] secret) {
    SecretKeySpec given = checked(secret);
    this.source = given::getEncoded;
    this.secret = given;
  }

  private EntryAuthentication(Supplier<byte[]> source) {
    this.source = source;
  }

  /**
   * Authentication under a secret that a service keeps. It is asked for when the ring is first
   * read, not at the start, and kept in memory.
   *
   * @param source gives at least 32 bytes; throws {@link
   *     io.sharedredis.dataprotection.repository.StoreUnavailableException} while the service is
   *     away: the ring is then not read, and read later
   */
  public static EntryAuthentication from(Supplier<byte[]> source) {
    return new EntryAuthentication(source);
  }

  /** Fetches the secret, unless it is there. */
  void prepare() {
    SecretKeySpec unused = secret();
  }

  private SecretKeySpec secret() {
    SecretKeySpec known = secret;
    if (known != null) {
      return known;
    }
    lock.lock();
    try {
      known = secret;
      if (known == null) {
        known = fetched();
        secret = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private SecretKeySpec fetched() {
    byte[] bytes = Extensions.ask("source of ringSecret", source);
    try {
      return checked(bytes);
    } catch (IllegalArgumentException e) {
      // Not only at the start: what reads the ring expects this feature's exception.
      throw new DataProtectionException(String.valueOf(e.getMessage()), e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static SecretKeySpec checked(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "ringSecret has "
              + secret.length
              + " bytes; at least "
              + MIN_SECRET_BYTES
              + " random bytes are needed");
    }
    return new SecretKeySpec(secret, "HmacSHA256");
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
      mac.init(secret());
      mac.update(LABEL);
      return mac.doFinal(xml.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
    }
  }
}
