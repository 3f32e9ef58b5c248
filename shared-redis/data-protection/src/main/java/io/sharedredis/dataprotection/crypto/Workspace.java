package io.sharedredis.dataprotection.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * What one encryption or decryption needs and the next can use again: cipher, MAC, derived keys,
 * random bytes in reserve. Not thread-safe; borrowed from {@link WorkspacePool}.
 */
final class Workspace {
  /** Random bytes drawn at once: one draw costs about as much as an encryption of 64 bytes. */
  private static final int RANDOM_BLOCK = 512;

  final Cipher cipher;
  final Hmac hmac;
  final byte[] keys;
  final byte[] mac;
  private final SecureRandom random;
  private final byte[] reserve = new byte[RANDOM_BLOCK];
  private int used = RANDOM_BLOCK;

  Workspace(CipherSuite suite, SecureRandom random) {
    try {
      cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "AES/CBC/PKCS5Padding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES", e);
    }
    hmac = new Hmac(suite.isGcm() ? HashAlgorithm.SHA256 : suite.hash());
    keys = new byte[2 * HashAlgorithm.SHA512.digestBytes()];
    mac = new byte[suite.macBytes()];
    this.random = random;
  }

  /** Fresh random bytes; what was handed out is wiped from the reserve. */
  void randomBytes(byte[] target, int offset, int length) {
    if (RANDOM_BLOCK - used < length) {
      random.nextBytes(reserve);
      used = 0;
    }
    System.arraycopy(reserve, used, target, offset, length);
    Arrays.fill(reserve, used, used + length, (byte) 0);
    used += length;
  }

  void wipe() {
    Arrays.fill(keys, (byte) 0);
    Arrays.fill(mac, (byte) 0);
  }
}
