package io.sharedredis.dataprotection.atrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.interop.Interop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.LongSummaryStatistics;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** Whoever can write elements learns nothing of the RSA key from how long they take. */
class RsaOracleTimeTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ForgedElements forged = new ForgedElements(Interop.certificate("rsa2048"));
  private final CertificateDecryptor decryptor = Interop.certificates("rsa2048");

  /**
   * The data is long, so that leaving out its decryption would show: what RSA accepted and what it
   * refused go the same way. The time of the processor is measured and the shortest of many runs
   * compared, so that load does not count; a disturbed measurement is repeated.
   */
  @ParameterizedTest
  @ValueSource(strings = {XmlEncryption.RSA_PKCS1, XmlEncryption.RSA_OAEP})
  void everyWrongWrappedKeyTakesTheSameTime(String algorithm) throws Exception {
    byte[] data = forged.bytes(60_000);
    Map<String, Element> elements = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> wrapped :
        forged.wrappedKeys(algorithm, "tripledes-cbc").entrySet()) {
      elements.put(
          wrapped.getKey(), forged.element(algorithm, "tripledes-cbc", wrapped.getValue(), data));
    }
    Map<String, Long> shortest = new LinkedHashMap<>();
    for (int attempt = 0; attempt < 8 && !isAlike(shortest); attempt++) {
      for (int round = 0; round < 20; round++) {
        elements.forEach((kind, element) -> shortest.merge(kind, nanos(element), Math::min));
      }
    }
    assertThat(isAlike(shortest)).as("shortest times in ns: %s", shortest).isTrue();
  }

  private long nanos(Element element) {
    long start = THREADS.getCurrentThreadCpuTime();
    assertThatThrownBy(() -> decryptor.decrypt(element))
        .hasMessage("the secret cannot be decrypted");
    return THREADS.getCurrentThreadCpuTime() - start;
  }

  private static boolean isAlike(Map<String, Long> shortest) {
    LongSummaryStatistics all =
        shortest.values().stream().mapToLong(Long::longValue).summaryStatistics();
    return all.getCount() > 0 && all.getMax() < 1.8 * all.getMin();
  }
}
