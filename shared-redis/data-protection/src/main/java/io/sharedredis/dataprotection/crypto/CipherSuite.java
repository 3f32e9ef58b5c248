package io.sharedredis.dataprotection.crypto;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How the payloads of one key are encrypted and authenticated: AES in CBC mode with an HMAC over IV
 * and ciphertext, or AES in GCM. Equal suites have equal bytes.
 */
public final class CipherSuite {
  static final int BLOCK_BYTES = 16;
  static final int GCM_NONCE_BYTES = 12;
  static final int GCM_TAG_BYTES = 16;

  private final int encryptionKeyBytes;
  private final @Nullable HashAlgorithm hash;
  private final byte[] contextHeader;

  private CipherSuite(int encryptionKeyBytes, @Nullable HashAlgorithm hash) {
    if (encryptionKeyBytes != 16 && encryptionKeyBytes != 24 && encryptionKeyBytes != 32) {
      throw new IllegalArgumentException(
          "AES takes keys of 128, 192 or 256 bits, not " + encryptionKeyBytes * 8);
    }
    this.encryptionKeyBytes = encryptionKeyBytes;
    this.hash = hash;
    this.contextHeader = computeContextHeader();
  }

  /** AES-CBC with PKCS#7 padding, then HMAC. */
  public static CipherSuite cbc(int encryptionKeyBits, HashAlgorithm hash) {
    return new CipherSuite(encryptionKeyBits / 8, hash);
  }

  /** AES-GCM with a 12-byte nonce and a 16-byte tag. */
  public static CipherSuite gcm(int encryptionKeyBits) {
    return new CipherSuite(encryptionKeyBits / 8, null);
  }

  boolean isGcm() {
    return hash == null;
  }

  HashAlgorithm hash() {
    if (hash == null) {
      throw new IllegalStateException("GCM has no hash");
    }
    return hash;
  }

  int encryptionKeyBytes() {
    return encryptionKeyBytes;
  }

  int macBytes() {
    return hash == null ? 0 : hash.digestBytes();
  }

  int derivedBytes() {
    return encryptionKeyBytes + macBytes();
  }

  /**
   * Names the algorithms and proves them: lengths, then what the cipher and the MAC make of nothing
   * under keys derived from nothing. It is part of every key derivation, so two suites never share
   * a key.
   */
  byte[] contextHeader() {
    return contextHeader;
  }

  private byte[] computeContextHeader() {
    CounterKdf kdf = new CounterKdf(new byte[0], new byte[0], new byte[0], derivedBytes());
    byte[] keys = new byte[kdf.scratchBytes()];
    kdf.derive(new byte[0], 0, 0, keys);
    SecretKeySpec key = new SecretKeySpec(keys, 0, encryptionKeyBytes, "AES");
    ByteArrayOutputStream header = new ByteArrayOutputStream(96);
    try {
      if (hash == null) {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            key,
            new GCMParameterSpec(GCM_TAG_BYTES * 8, new byte[GCM_NONCE_BYTES]));
        header.write(0);
        header.write(1);
        header.writeBytes(BigEndian.u32(encryptionKeyBytes));
        header.writeBytes(BigEndian.u32(GCM_NONCE_BYTES));
        header.writeBytes(BigEndian.u32(BLOCK_BYTES));
        header.writeBytes(BigEndian.u32(GCM_TAG_BYTES));
        header.writeBytes(cipher.doFinal());
      } else {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[BLOCK_BYTES]));
        byte[] mac = new byte[hash.digestBytes()];
        new Hmac(hash)
            .compute(keys, encryptionKeyBytes, hash.digestBytes(), new byte[0], 0, 0, mac, 0);
        header.write(0);
        header.write(0);
        header.writeBytes(BigEndian.u32(encryptionKeyBytes));
        header.writeBytes(BigEndian.u32(BLOCK_BYTES));
        header.writeBytes(BigEndian.u32(hash.digestBytes()));
        header.writeBytes(BigEndian.u32(hash.digestBytes()));
        header.writeBytes(cipher.doFinal());
        header.writeBytes(mac);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES", e);
    }
    return header.toByteArray();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CipherSuite suite
        && suite.encryptionKeyBytes == encryptionKeyBytes
        && suite.hash == hash;
  }

  @Override
  public int hashCode() {
    return encryptionKeyBytes * 31 + (hash == null ? 0 : hash.ordinal() + 1);
  }

  @Override
  public String toString() {
    String cipher = "AES-" + encryptionKeyBytes * 8;
    return hash == null ? cipher + "-GCM" : cipher + "-CBC with HMAC-" + hash;
  }
}
