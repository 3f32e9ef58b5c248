package io.sharedredis.dataprotection.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * What one encryption or decryption needs and the next can use again: cipher, MAC, derived keys,
 * random bytes in reserve. Not thread-safe; borrowed from {@link WorkspacePool}.
 */
final class Workspace {
  /**
   * A plaintext with its padding up to here, in bytes, is put together and wiped: few are longer.
   */
  static final int PADDED_BYTES = 2048;

  /** Without padding in CBC mode: {@link PayloadCipher} adds and removes it in place. */
  final Cipher cipher;

  /** A short plaintext with its padding. */
  final byte[] padded;

  final Hmac hmac;

  /** Of the key derivation. */
  final MessageDigest prf = HashAlgorithm.SHA512.newDigest();

  final byte[] keys;
  final byte[] mac;
  final byte[] sentMac;
  final LabelBuffer label = new LabelBuffer();
  private final RandomReserve random;

  Workspace(CipherSuite suite, SecureRandom random) {
    try {
      cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "AES/CBC/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES", e);
    }
    padded = new byte[suite.isGcm() ? 0 : PADDED_BYTES];
    hmac = new Hmac(suite.isGcm() ? HashAlgorithm.SHA256 : suite.hash());
    keys = new byte[2 * HashAlgorithm.SHA512.digestBytes()];
    mac = new byte[suite.macBytes()];
    sentMac = new byte[suite.macBytes()];
    this.random = new RandomReserve(random, System::nanoTime);
  }

  void randomBytes(byte[] target, int offset, int length) {
    random.take(target, offset, length);
  }

  void wipe() {
    Arrays.fill(keys, (byte) 0);
    Arrays.fill(mac, (byte) 0);
    Arrays.fill(sentMac, (byte) 0);
  }
}
