package io.sharedredis.dataprotection.crypto;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * The derivation of {@link CounterKdf} for purpose chains that begin alike and end in purposes of
 * which there are very many: nothing is kept of one. What is hashed is put together in one array
 * that is used again, by one digest that is used again: hashing the key's pads anew takes 80 ns
 * more than copying the state behind them, and no memory. Thread-safe.
 */
final class BranchKdf {
  private static final HashAlgorithm PRF = HashAlgorithm.SHA512;

  private final CounterKdf.Keyed key;
  private final PurposeChain stem;

  /** Payload header, count of purposes, and the stem's purposes. */
  private final byte[] start;

  private final byte[] contextStart;
  private final int outputBytes;

  BranchKdf(
      CounterKdf.Keyed key, UUID keyId, PurposeChain stem, byte[] contextStart, int outputBytes) {
    this.key = key;
    this.stem = stem;
    this.start = stem.label(keyId);
    this.contextStart = contextStart;
    this.outputBytes = outputBytes;
  }

  /** Derives {@code scratch.keys} for the stem and more purposes. */
  void derive(String[] more, byte[] contextEnd, int offset, int length, Workspace scratch) {
    LabelBuffer input = scratch.label;
    input.begin();
    input.u32(0);
    input.bytes(start, 0, start.length);
    input.putU32(Integer.BYTES + PayloadHeader.LENGTH, stem.purposes().size() + more.length);
    for (String purpose : more) {
      input.purpose(purpose);
    }
    input.octet(0);
    input.bytes(contextStart, 0, contextStart.length);
    input.bytes(contextEnd, offset, length);
    input.u32(outputBytes * 8);
    MessageDigest digest = scratch.prf;
    boolean done = false;
    try {
      for (int at = 0; at < outputBytes; at += PRF.digestBytes()) {
        input.putU32(0, at / PRF.digestBytes() + 1);
        digest.update(key.innerPad());
        input.hashInto(digest);
        digest.digest(scratch.keys, at, PRF.digestBytes());
        digest.update(key.outerPad());
        digest.update(scratch.keys, at, PRF.digestBytes());
        digest.digest(scratch.keys, at, PRF.digestBytes());
      }
      done = true;
    } catch (DigestException e) {
      throw new IllegalStateException("the digest does not fit its own length", e);
    } finally {
      if (!done) {
        // What it was given before the failure must not go into the next derivation.
        digest.reset();
      }
    }
  }
}
