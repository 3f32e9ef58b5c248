package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/** Makes new keys and their elements. */
final class KeyFactory {
  /** Bytes of a new master key: the 512 bits that ASP.NET Core uses for every algorithm. */
  private static final int MASTER_KEY_BYTES = 64;

  private final DataProtectionOptions options;
  private final EntryRules rules;
  private final SecureRandom random;

  KeyFactory(DataProtectionOptions options, EntryRules rules, SecureRandom random) {
    this.options = options;
    this.rules = rules;
    this.random = random;
  }

  /** A new key; {@code creation} is what decides on mass revocations. */
  NewKey create(Instant now, Instant activation, Instant expiration) {
    UUID id = randomId();
    Instant active = KeyDates.truncate(activation);
    Instant end = KeyDates.truncate(expiration);
    Instant creation = KeyDates.truncate(now.isBefore(activation) ? now : activation);
    byte[] secret = new byte[MASTER_KEY_BYTES];
    random.nextBytes(secret);
    try {
      String plain = KeyElements.key(id, creation, active, end, options.algorithm(), secret);
      SecretEncryptor encryptor = options.secretEncryptor().orElse(null);
      String stored =
          encryptor == null
              ? plain
              : KeyElements.encryptedKey(
                  id, creation, active, end, options.algorithm(), secret, encryptor);
      KeyItem item = rules.authenticated(new KeyItem(stored, "key-" + id));
      LazyMaterial material =
          new LazyMaterial(new KeyMaterial(options.algorithm().suite(), secret, random));
      return new NewKey(item, plain, new Key(id, creation, active, end, false, null, material));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** A version 4 id of our random source: tests can repeat it. */
  private UUID randomId() {
    long high = random.nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L;
    long low = random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }

  /**
   * @param item what is stored
   * @param plainXml the unencrypted element, for escrow
   * @param key the key as it will be read back; this process need not decrypt what it made, and can
   *     use it even if only others hold the private key
   */
  record NewKey(KeyItem item, String plainXml, Key key) {
    UUID id() {
      return key.id();
    }

    @Override
    public String toString() {
      return "NewKey[" + id() + "]";
    }
  }
}
