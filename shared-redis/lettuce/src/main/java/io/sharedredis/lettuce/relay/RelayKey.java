package io.sharedredis.lettuce.relay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what one replica says to another in one conversation: the first 128 bits of HMAC-SHA256
 * over the channel, a line feed and the message. Immutable, thread-safe.
 */
final class RelayKey {
  static final int BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int SIGNATURE_BYTES = 16;

  private final byte[] bytes;
  private final SecretKeySpec key;

  RelayKey(byte[] bytes) {
    this.bytes = bytes.clone();
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  static RelayKey drawn(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new RelayKey(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  byte[] signature(String channel, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(channel.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) '\n');
      return Arrays.copyOf(mac.doFinal(body), SIGNATURE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Takes the same time wherever signatures differ. */
  boolean signed(String channel, SignedPayload payload) {
    return MessageDigest.isEqual(signature(channel, payload.body()), payload.signature());
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "RelayKey";
  }
}
