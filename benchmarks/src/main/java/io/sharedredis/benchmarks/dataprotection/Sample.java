package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.security.GeneralSecurityException;
import java.util.List;

/** A protector as an application has it, and its key for the bare calls. */
final class Sample implements AutoCloseable {
  /** Application, purpose and version: the usual length of a chain. */
  private static final List<String> PURPOSES = List.of("eshop.webspa", "Shop.Basket", "v1");

  private final DataProtection protection;
  private final DataProtector protector;
  private final SampleKey key;
  private final KeyAlgorithm algorithm;

  Sample(KeyAlgorithm algorithm) {
    InMemoryKeyRepository store = new InMemoryKeyRepository();
    this.algorithm = algorithm;
    protection =
        DataProtection.open(
            DataProtectionOptions.builder()
                .applicationName(PURPOSES.get(0))
                .algorithm(algorithm)
                .build(),
            store);
    protector = protection.protector(PURPOSES.get(1), PURPOSES.get(2));
    byte[] unused = protector.protect(new byte[1]);
    key = SampleKey.of(store.readAll().items().get(0), PURPOSES);
  }

  DataProtector protector() {
    return protector;
  }

  BareJce bare() throws GeneralSecurityException {
    return switch (algorithm) {
      case AES_256_CBC_HMACSHA256 -> new BareCbc(key);
      case AES_256_GCM -> new BareGcm(key);
      default -> throw new IllegalArgumentException(algorithm + " is not measured");
    };
  }

  @Override
  public void close() {
    protection.close();
  }
}
