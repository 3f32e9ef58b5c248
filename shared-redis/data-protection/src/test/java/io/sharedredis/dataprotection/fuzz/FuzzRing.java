package io.sharedredis.dataprotection.fuzz;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * A ring of one fixed key and its second implementation: what was found once is found again.
 *
 * @param ring under no application name
 * @param reference the same key under one purpose
 */
record FuzzRing(DataProtection ring, ReferenceCipher reference) {
  static final Instant NOW = Instant.parse("2025-02-15T00:00:00Z");
  static final String PURPOSE = "fuzz";

  static final FuzzRing CBC_SHA256 = of(1, "AES_256_CBC", 32, "HmacSHA256");
  static final FuzzRing CBC_SHA512 = of(2, "AES_128_CBC", 16, "HmacSHA512");
  static final FuzzRing GCM_256 = of(3, "AES_256_GCM", 32, "");
  static final FuzzRing GCM_192 = of(4, "AES_192_GCM", 24, "");
  static final List<FuzzRing> ALL = List.of(CBC_SHA256, CBC_SHA512, GCM_256, GCM_192);

  private static final String KEY =
      "<key id=\"%s\" version=\"1\"><creationDate>2025-01-01T00:00:00Z</creationDate>"
          + "<activationDate>2025-01-03T00:00:00Z</activationDate>"
          + "<expirationDate>2025-04-01T00:00:00Z</expirationDate>"
          + "<descriptor deserializerType=\"Microsoft.AspNetCore.DataProtection."
          + "AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer,"
          + " Microsoft.AspNetCore.DataProtection\"><descriptor>"
          + "<encryption algorithm=\"%s\" />%s<masterKey><value>%s</value></masterKey>"
          + "</descriptor></descriptor></key>";

  private static FuzzRing of(int number, String algorithm, int keyBytes, String mac) {
    UUID id = new UUID(0x0123456789abcdefL, number);
    byte[] masterKey = masterKey(number);
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    repository.store(new KeyItem(key(id, algorithm, mac, masterKey), ""));
    DataProtection ring =
        new DataProtection(
            DataProtectionOptions.builder().autoGenerateKeys(false).build(),
            repository,
            InstantSource.fixed(NOW),
            new SecureRandom(),
            Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "fuzz-ring");
                  thread.setDaemon(true);
                  return thread;
                }));
    ring.keyManager().refresh();
    return new FuzzRing(ring, new ReferenceCipher(id, masterKey, keyBytes, mac, List.of(PURPOSE)));
  }

  /** A key element whose secret is 64 times one byte. */
  static byte[] masterKey(int number) {
    byte[] masterKey = new byte[64];
    java.util.Arrays.fill(masterKey, (byte) (0xA0 + number));
    return masterKey;
  }

  static String key(UUID id, String algorithm, String mac, byte[] masterKey) {
    String validation =
        mac.isEmpty()
            ? ""
            : "<validation algorithm=\"" + mac.toUpperCase(java.util.Locale.ROOT) + "\" />";
    return String.format(
        KEY, id, algorithm, validation, Base64.getEncoder().encodeToString(masterKey));
  }
}
