package io.sharedredis.benchmarks.dataprotection;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The least that the payload format asks of the Java cryptography architecture, as one who knows it
 * would write it for speed: every {@code Cipher} and {@code Mac} is made once and used again, the
 * derivation's HMAC keeps its master key, its constant input lies ready in one array, salt and IV
 * are one draw, and the payload is written in place. It finds no key, checks no revocation and
 * guards no secret; it is the floor that the protectors are measured against. Not thread-safe.
 */
abstract class BareJce {
  static final int HEADER_BYTES = 20;
  static final int MODIFIER_BYTES = 16;

  private final byte[] header;
  private final SecureRandom random = new SecureRandom();
  private final Mac derivation;
  private final byte[] derivationInput;
  private final int modifierInInput;
  final byte[] derived = new byte[64];

  BareJce(SampleKey key, byte[] contextHeader, int derivedBytes) throws GeneralSecurityException {
    header = key.payloadHeader();
    derivation = Mac.getInstance("HmacSHA512");
    derivation.init(new SecretKeySpec(key.masterKey(), "HmacSHA512"));
    byte[] label = key.label();
    // u32be(1) || label || 00 || context header || modifier || u32be(bits)
    derivationInput = new byte[4 + label.length + 1 + contextHeader.length + MODIFIER_BYTES + 4];
    derivationInput[3] = 1;
    System.arraycopy(label, 0, derivationInput, 4, label.length);
    System.arraycopy(contextHeader, 0, derivationInput, 4 + label.length + 1, contextHeader.length);
    modifierInInput = 4 + label.length + 1 + contextHeader.length;
    int bits = derivedBytes * 8;
    derivationInput[derivationInput.length - 2] = (byte) (bits >>> 8);
    derivationInput[derivationInput.length - 1] = (byte) bits;
  }

  abstract byte[] protect(byte[] plaintext) throws GeneralSecurityException;

  abstract byte[] unprotect(byte[] payload) throws GeneralSecurityException;

  /** Header, then modifier and IV at random. */
  final void begin(byte[] payload, int ivBytes) {
    System.arraycopy(header, 0, payload, 0, HEADER_BYTES);
    // nextBytes fills a whole array only; the copy is what a caller has to pay.
    byte[] fresh = new byte[MODIFIER_BYTES + ivBytes];
    random.nextBytes(fresh);
    System.arraycopy(fresh, 0, payload, HEADER_BYTES, fresh.length);
  }

  /** The keys of this payload, into {@link #derived}. */
  final void derive(byte[] payload) throws GeneralSecurityException {
    System.arraycopy(payload, HEADER_BYTES, derivationInput, modifierInInput, MODIFIER_BYTES);
    derivation.update(derivationInput);
    derivation.doFinal(derived, 0);
  }
}
