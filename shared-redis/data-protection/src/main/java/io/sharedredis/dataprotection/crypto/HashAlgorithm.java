package io.sharedredis.dataprotection.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hash functions that an HMAC of a key may use. New keys use SHA-256 or SHA-512 only. */
public enum HashAlgorithm {
  /** Read only, from custom managed descriptors. */
  MD5("MD5", 16, 64),
  /** Read only, from custom managed descriptors. */
  SHA1("SHA-1", 20, 64),
  SHA256("SHA-256", 32, 64),
  SHA384("SHA-384", 48, 128),
  SHA512("SHA-512", 64, 128);

  private final String jcaName;
  private final int digestBytes;
  private final int blockBytes;

  HashAlgorithm(String jcaName, int digestBytes, int blockBytes) {
    this.jcaName = jcaName;
    this.digestBytes = digestBytes;
    this.blockBytes = blockBytes;
  }

  int digestBytes() {
    return digestBytes;
  }

  int blockBytes() {
    return blockBytes;
  }

  MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no " + jcaName, e);
    }
  }
}
