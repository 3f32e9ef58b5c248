package io.sharedredis.benchmarks.dataprotection;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The Fernet token (version, time, IV, AES-128-CBC, HMAC-SHA-256 over all of it) under one fixed
 * key, in bytes, without its base64. Reuses its primitives. Not thread-safe.
 */
final class FernetStyle implements Peer {
  private static final int IV_AT = 9;
  private static final int CIPHERTEXT_AT = IV_AT + 16;
  private static final int MAC_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
  private final Mac mac = Mac.getInstance("HmacSHA256");
  private final SecretKeySpec encryptionKey;

  FernetStyle() throws GeneralSecurityException {
    byte[] key = new byte[32];
    random.nextBytes(key);
    mac.init(new SecretKeySpec(key, 0, 16, "HmacSHA256"));
    encryptionKey = new SecretKeySpec(key, 16, 16, "AES");
  }

  @Override
  public byte[] protect(byte[] plaintext) throws GeneralSecurityException {
    int macAt = CIPHERTEXT_AT + (plaintext.length / 16 + 1) * 16;
    byte[] token = new byte[macAt + MAC_BYTES];
    byte[] iv = new byte[16];
    random.nextBytes(iv);
    ByteBuffer.wrap(token).put((byte) 0x80).putLong(System.currentTimeMillis() / 1000).put(iv);
    cipher.init(Cipher.ENCRYPT_MODE, encryptionKey, new IvParameterSpec(iv));
    cipher.doFinal(plaintext, 0, plaintext.length, token, CIPHERTEXT_AT);
    mac.update(token, 0, macAt);
    mac.doFinal(token, macAt);
    return token;
  }

  @Override
  public byte[] unprotect(byte[] token) throws GeneralSecurityException {
    int macAt = token.length - MAC_BYTES;
    mac.update(token, 0, macAt);
    byte[] sent = Arrays.copyOfRange(token, macAt, token.length);
    if (!MessageDigest.isEqual(mac.doFinal(), sent)) {
      throw new GeneralSecurityException("forged");
    }
    cipher.init(Cipher.DECRYPT_MODE, encryptionKey, new IvParameterSpec(token, IV_AT, 16));
    return cipher.doFinal(token, CIPHERTEXT_AT, macAt - CIPHERTEXT_AT);
  }
}
