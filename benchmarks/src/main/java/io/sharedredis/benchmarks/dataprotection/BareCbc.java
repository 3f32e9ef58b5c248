package io.sharedredis.benchmarks.dataprotection;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-CBC and HMAC-SHA-256 by bare calls. */
final class BareCbc extends BareJce {
  private static final int IV_BYTES = 16;
  private static final int MAC_BYTES = 32;
  private static final int KEY_BYTES = 32;
  private static final int IV_AT = HEADER_BYTES + MODIFIER_BYTES;
  private static final int CIPHERTEXT_AT = IV_AT + IV_BYTES;

  private final Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
  private final Mac mac = Mac.getInstance("HmacSHA256");
  private final byte[] computed = new byte[MAC_BYTES];

  BareCbc(SampleKey key) throws GeneralSecurityException {
    super(key, contextHeader(), KEY_BYTES + MAC_BYTES);
  }

  @Override
  byte[] protect(byte[] plaintext) throws GeneralSecurityException {
    int ciphertext = (plaintext.length / 16 + 1) * 16;
    byte[] payload = new byte[CIPHERTEXT_AT + ciphertext + MAC_BYTES];
    begin(payload, IV_BYTES);
    derive(payload);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
        new IvParameterSpec(payload, IV_AT, IV_BYTES));
    cipher.doFinal(plaintext, 0, plaintext.length, payload, CIPHERTEXT_AT);
    mac.init(new SecretKeySpec(derived, KEY_BYTES, MAC_BYTES, "HmacSHA256"));
    mac.update(payload, IV_AT, IV_BYTES + ciphertext);
    mac.doFinal(payload, CIPHERTEXT_AT + ciphertext);
    return payload;
  }

  @Override
  byte[] unprotect(byte[] payload) throws GeneralSecurityException {
    derive(payload);
    int macAt = payload.length - MAC_BYTES;
    mac.init(new SecretKeySpec(derived, KEY_BYTES, MAC_BYTES, "HmacSHA256"));
    mac.update(payload, IV_AT, macAt - IV_AT);
    mac.doFinal(computed, 0);
    if (!MessageDigest.isEqual(computed, Arrays.copyOfRange(payload, macAt, payload.length))) {
      throw new GeneralSecurityException("forged");
    }
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
        new IvParameterSpec(payload, IV_AT, IV_BYTES));
    return cipher.doFinal(payload, CIPHERTEXT_AT, macAt - CIPHERTEXT_AT);
  }

  /** Lengths, then what cipher and MAC make of nothing under keys derived from nothing. */
  private static byte[] contextHeader() throws GeneralSecurityException {
    Mac derivation = Mac.getInstance("HmacSHA512");
    // HMAC pads with zeros: one zero byte is the empty key, which SecretKeySpec does not take.
    derivation.init(new SecretKeySpec(new byte[1], "HmacSHA512"));
    byte[] keys = derivation.doFinal(new byte[] {0, 0, 0, 1, 0, 0, 0, 2, 0});
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(keys, 0, KEY_BYTES, "AES"),
        new IvParameterSpec(new byte[IV_BYTES]));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(keys, KEY_BYTES, MAC_BYTES, "HmacSHA256"));
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(
        new byte[] {0, 0, 0, 0, 0, KEY_BYTES, 0, 0, 0, 16, 0, 0, 0, MAC_BYTES, 0, 0, 0, MAC_BYTES});
    header.writeBytes(cipher.doFinal());
    header.writeBytes(mac.doFinal());
    return header.toByteArray();
  }
}
