package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.crypto.CipherSuite;
import io.sharedredis.dataprotection.crypto.HashAlgorithm;

/** Algorithms that new keys may be made for: those that every platform of ASP.NET Core reads. */
public enum KeyAlgorithm {
  AES_128_CBC_HMACSHA256("AES_128_CBC", "HMACSHA256", CipherSuite.cbc(128, HashAlgorithm.SHA256)),
  AES_192_CBC_HMACSHA256("AES_192_CBC", "HMACSHA256", CipherSuite.cbc(192, HashAlgorithm.SHA256)),
  /** The default of every version of ASP.NET Core. */
  AES_256_CBC_HMACSHA256("AES_256_CBC", "HMACSHA256", CipherSuite.cbc(256, HashAlgorithm.SHA256)),
  AES_128_CBC_HMACSHA512("AES_128_CBC", "HMACSHA512", CipherSuite.cbc(128, HashAlgorithm.SHA512)),
  AES_192_CBC_HMACSHA512("AES_192_CBC", "HMACSHA512", CipherSuite.cbc(192, HashAlgorithm.SHA512)),
  AES_256_CBC_HMACSHA512("AES_256_CBC", "HMACSHA512", CipherSuite.cbc(256, HashAlgorithm.SHA512)),
  AES_128_GCM("AES_128_GCM", "", CipherSuite.gcm(128)),
  AES_192_GCM("AES_192_GCM", "", CipherSuite.gcm(192)),
  AES_256_GCM("AES_256_GCM", "", CipherSuite.gcm(256));

  private final String cipher;
  private final String hash;
  private final CipherSuite suite;

  KeyAlgorithm(String cipher, String hash, CipherSuite suite) {
    this.cipher = cipher;
    this.hash = hash;
    this.suite = suite;
  }

  /** The suite that payloads of such a key use. */
  public CipherSuite suite() {
    return suite;
  }

  String elements() {
    String encryption = "<encryption algorithm=\"" + cipher + "\" />";
    return hash.isEmpty()
        ? encryption
            + "<!-- AES-GCM includes a 128-bit authentication tag,"
            + " no extra validation algorithm required. -->"
        : encryption + "<validation algorithm=\"" + hash + "\" />";
  }
}
