package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a payload was changed, or what it was made for, does not show in the time. */
class RefusalTimeTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * The time of the processor is measured, in turn, and the quickest tenth compared, so that load
   * does not count; a disturbed measurement is repeated.
   */
  @ParameterizedTest
  @EnumSource(names = {"AES_256_CBC_HMACSHA256", "AES_256_GCM"})
  void whereAPayloadIsWrongDoesNotShowInTheTime(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("p");
      Map<String, byte[]> kinds = new LinkedHashMap<>(SealedWrongly.payloads(ring));
      // Of another length, and so of another time that tells nothing.
      kinds.keySet().removeIf(kind -> kind.startsWith("cut"));
      double ratio = Double.MAX_VALUE;
      for (int attempt = 0; attempt < 6 && ratio > 1.5; attempt++) {
        ratio = slowestByQuickest(protector, kinds, 2_000);
      }
      assertThat(ratio).isLessThan(1.5);
    }
  }

  private static double slowestByQuickest(
      DataProtector protector, Map<String, byte[]> kinds, int rounds) {
    long[][] nanos = new long[kinds.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      int kind = 0;
      for (byte[] bad : kinds.values()) {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
          protector.unprotect(bad);
        } catch (DataProtectionException e) {
          nanos[kind++][round] = THREADS.getCurrentThreadCpuTime() - start;
        }
      }
    }
    double least = Double.MAX_VALUE;
    double most = 0;
    for (long[] one : nanos) {
      Arrays.sort(one);
      least = Math.min(least, one[rounds / 10]);
      most = Math.max(most, one[rounds / 10]);
    }
    return most / least;
  }

  private static DataProtection open(KeyAlgorithm algorithm) {
    return DataProtection.open(
        DataProtectionOptions.builder().algorithm(algorithm).build(), new InMemoryKeyRepository());
  }
}
