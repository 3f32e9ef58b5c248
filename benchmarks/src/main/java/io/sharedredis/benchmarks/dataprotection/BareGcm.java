package io.sharedredis.benchmarks.dataprotection;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM by bare calls. */
final class BareGcm extends BareJce {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_AT = HEADER_BYTES + MODIFIER_BYTES;
  private static final int CIPHERTEXT_AT = NONCE_AT + NONCE_BYTES;

  private final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");

  BareGcm(SampleKey key) throws GeneralSecurityException {
    super(key, contextHeader(), KEY_BYTES);
  }

  @Override
  byte[] protect(byte[] plaintext) throws GeneralSecurityException {
    byte[] payload = new byte[CIPHERTEXT_AT + plaintext.length + TAG_BYTES];
    begin(payload, NONCE_BYTES);
    derive(payload);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
        new GCMParameterSpec(TAG_BYTES * 8, payload, NONCE_AT, NONCE_BYTES));
    cipher.doFinal(plaintext, 0, plaintext.length, payload, CIPHERTEXT_AT);
    return payload;
  }

  @Override
  byte[] unprotect(byte[] payload) throws GeneralSecurityException {
    derive(payload);
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
        new GCMParameterSpec(TAG_BYTES * 8, payload, NONCE_AT, NONCE_BYTES));
    return cipher.doFinal(payload, CIPHERTEXT_AT, payload.length - CIPHERTEXT_AT);
  }

  /** Lengths, then the tag of nothing under a key derived from nothing. */
  private static byte[] contextHeader() throws GeneralSecurityException {
    Mac derivation = Mac.getInstance("HmacSHA512");
    derivation.init(new SecretKeySpec(new byte[1], "HmacSHA512"));
    byte[] keys = derivation.doFinal(new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 0});
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(keys, 0, KEY_BYTES, "AES"),
        new GCMParameterSpec(TAG_BYTES * 8, new byte[NONCE_BYTES]));
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(
        new byte[] {
          0, 1, 0, 0, 0, KEY_BYTES, 0, 0, 0, NONCE_BYTES, 0, 0, 0, 16, 0, 0, 0, TAG_BYTES
        });
    header.writeBytes(cipher.doFinal());
    return header.toByteArray();
  }
}
