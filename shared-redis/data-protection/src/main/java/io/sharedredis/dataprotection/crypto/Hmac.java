package io.sharedredis.dataprotection.crypto;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC (RFC 2104) on a reusable digest, for keys that live for one message. Unlike {@code
 * javax.crypto.Mac} it takes a key of no bytes, which the context header needs, and makes no key
 * object per message. Not thread-safe.
 */
final class Hmac {
  private final HashAlgorithm algorithm;
  private final MessageDigest digest;
  private final byte[] pad;
  private final byte[] inner;

  Hmac(HashAlgorithm algorithm) {
    this.algorithm = algorithm;
    this.digest = algorithm.newDigest();
    this.pad = new byte[algorithm.blockBytes()];
    this.inner = new byte[algorithm.digestBytes()];
  }

  /** The MAC of a part of {@code data} under a part of {@code keys}, written to {@code out}. */
  void compute(
      byte[] keys,
      int keyOffset,
      int keyLength,
      byte[] data,
      int offset,
      int length,
      byte[] out,
      int outOffset) {
    boolean done = false;
    try {
      fillPad(algorithm, digest, keys, keyOffset, keyLength, pad);
      xor(pad, (byte) 0x36);
      digest.update(pad);
      digest.update(data, offset, length);
      digest.digest(inner, 0, inner.length);
      xor(pad, (byte) (0x36 ^ 0x5c));
      digest.update(pad);
      digest.update(inner);
      digest.digest(out, outOffset, inner.length);
      done = true;
    } catch (DigestException e) {
      throw new IllegalStateException("the digest does not fit its own length", e);
    } finally {
      if (!done) {
        // What it was given before the failure must not go into the next MAC.
        digest.reset();
      }
      Arrays.fill(pad, (byte) 0);
      Arrays.fill(inner, (byte) 0);
    }
  }

  /** The key as one zero-padded block; a key longer than a block is hashed first. */
  static void fillPad(
      HashAlgorithm algorithm,
      MessageDigest digest,
      byte[] keys,
      int keyOffset,
      int keyLength,
      byte[] pad) {
    Arrays.fill(pad, (byte) 0);
    if (keyLength <= algorithm.blockBytes()) {
      System.arraycopy(keys, keyOffset, pad, 0, keyLength);
    } else {
      digest.update(keys, keyOffset, keyLength);
      byte[] shortened = digest.digest();
      System.arraycopy(shortened, 0, pad, 0, shortened.length);
    }
  }

  static void xor(byte[] pad, byte value) {
    for (int i = 0; i < pad.length; i++) {
      pad[i] ^= value;
    }
  }
}
