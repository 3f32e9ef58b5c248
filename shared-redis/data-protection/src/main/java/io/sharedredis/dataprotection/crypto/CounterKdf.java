package io.sharedredis.dataprotection.crypto;

import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Key derivation of NIST SP 800-108 section 5.1 (counter mode) with HMAC-SHA-512: block i is {@code
 * HMAC(key, u32be(i) || label || 00 || context || u32be(output bits))}.
 *
 * <p>Everything but the end of the context is the same for one key and one purpose chain, so the
 * state of the hash after that constant part is kept and copied for each derivation. Thread-safe:
 * the kept states are never updated after construction.
 */
final class CounterKdf {
  private static final HashAlgorithm PRF = HashAlgorithm.SHA512;

  private final MessageDigest[] innerStates;
  private final MessageDigest outerState;
  private final byte[] outputBits;
  private final int outputBytes;

  /**
   * What the hash has made of the key alone: the same for every derivation from it.
   *
   * @param inner never updated
   * @param outer never updated
   * @param innerPad what {@code inner} was given, as secret as the key
   * @param outerPad what {@code outer} was given, as secret as the key
   */
  record Keyed(MessageDigest inner, MessageDigest outer, byte[] innerPad, byte[] outerPad) {
    static Keyed of(byte[] key) {
      byte[] pad = new byte[PRF.blockBytes()];
      Hmac.fillPad(PRF, PRF.newDigest(), key, 0, key.length, pad);
      Hmac.xor(pad, (byte) 0x36);
      MessageDigest inner = PRF.newDigest();
      inner.update(pad);
      byte[] innerPad = pad.clone();
      Hmac.xor(pad, (byte) (0x36 ^ 0x5c));
      MessageDigest outer = PRF.newDigest();
      outer.update(pad);
      return new Keyed(inner, outer, innerPad, pad);
    }

    /** Shows nothing of the key. */
    @Override
    public String toString() {
      return "Keyed";
    }
  }

  /**
   * @param contextStart the constant beginning of the context
   * @param outputBytes length of what is derived; it is part of the input, so a shorter output is
   *     not a prefix of a longer one
   */
  CounterKdf(byte[] key, byte[] label, byte[] contextStart, int outputBytes) {
    this(Keyed.of(key), label, contextStart, outputBytes);
  }

  /** The same for a key that more is derived from. */
  CounterKdf(Keyed key, byte[] label, byte[] contextStart, int outputBytes) {
    this.outputBytes = outputBytes;
    this.outputBits = BigEndian.u32(outputBytes * 8);
    int blocks = (outputBytes + PRF.digestBytes() - 1) / PRF.digestBytes();
    innerStates = new MessageDigest[blocks];
    for (int i = 0; i < blocks; i++) {
      MessageDigest inner = copy(key.inner());
      inner.update(BigEndian.u32(i + 1));
      inner.update(label);
      inner.update((byte) 0);
      inner.update(contextStart);
      innerStates[i] = inner;
    }
    outerState = key.outer();
  }

  int outputBytes() {
    return outputBytes;
  }

  /** Bytes that {@link #derive} writes: whole blocks of the hash. */
  int scratchBytes() {
    return innerStates.length * PRF.digestBytes();
  }

  /** Derives into {@code out}, which holds {@link #scratchBytes()}; what lies beyond is surplus. */
  void derive(byte[] contextEnd, int offset, int length, byte[] out) {
    try {
      for (int i = 0; i < innerStates.length; i++) {
        int position = i * PRF.digestBytes();
        MessageDigest inner = copy(innerStates[i]);
        inner.update(contextEnd, offset, length);
        inner.update(outputBits);
        inner.digest(out, position, PRF.digestBytes());
        MessageDigest outer = copy(outerState);
        outer.update(out, position, PRF.digestBytes());
        outer.digest(out, position, PRF.digestBytes());
      }
    } catch (DigestException e) {
      throw new IllegalStateException("the digest does not fit its own length", e);
    }
  }

  private static MessageDigest copy(MessageDigest state) {
    try {
      return (MessageDigest) state.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-512 of this Java runtime cannot be copied", e);
    }
  }
}
