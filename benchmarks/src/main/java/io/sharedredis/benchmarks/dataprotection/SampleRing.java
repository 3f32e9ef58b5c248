package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.keyring.KeyRingAssembly;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A ring of many keys, and readers of it. */
final class SampleRing {
  /** What the target is stated for: more than 240 years of rotation. */
  static final int KEYS = 1000;

  private static final String PASSWORD = "benchmark";

  private final DataProtectionOptions options;
  private final List<KeyItem> items;

  private SampleRing(DataProtectionOptions options) {
    this.options = options;
    InMemoryKeyRepository store = new InMemoryKeyRepository();
    KeyRingAssembly ring = reader(store);
    Instant now = Instant.now();
    for (int i = 1; i <= KEYS; i++) {
      ring.keys().create(now.minus(Duration.ofDays(i)), now.plus(Duration.ofDays(90)));
    }
    this.items = List.copyOf(store.readAll().items());
  }

  /** Keys whose secrets lie readable in the store. */
  static SampleRing plain() {
    return new SampleRing(DataProtectionOptions.builder().build());
  }

  /** Keys whose secrets are encrypted with a certificate of RSA-2048. */
  static SampleRing encrypted() throws IOException, InterruptedException {
    CertificateKey certificate = certificate();
    SecureRandom random = new SecureRandom();
    return new SampleRing(
        DataProtectionOptions.builder()
            .secretEncryptor(new CertificateEncryptor(certificate.certificate(), random))
            .addSecretDecryptor(new CertificateDecryptor(List.of(certificate), random))
            .build());
  }

  List<KeyItem> items() {
    return items;
  }

  /** A store in memory that holds the ring. */
  KeyRepository inMemory() {
    InMemoryKeyRepository store = new InMemoryKeyRepository();
    items.forEach(store::store);
    return store;
  }

  /** A reader that has read nothing yet, nor does on its own. */
  KeyRingAssembly reader(KeyRepository store) {
    return KeyRingAssembly.of(
        options, store, InstantSource.system(), new SecureRandom(), background -> {});
  }

  /** The JDK makes certificates only through its tool. */
  private static CertificateKey certificate() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("benchmark");
    Path file = directory.resolve("ring.p12");
    List<String> command =
        List.of(
            System.getProperty("java.home") + "/bin/keytool",
            "-genkeypair",
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-dname",
            "CN=ring",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString());
    try {
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("keytool ended with " + keytool.exitValue());
      }
      return CertificateKey.fromPkcs12(file, PASSWORD.toCharArray());
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }
}
