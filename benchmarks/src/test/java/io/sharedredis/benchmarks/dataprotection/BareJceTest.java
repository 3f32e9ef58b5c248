package io.sharedredis.benchmarks.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The floor of the measurements does the same work as what is measured. */
class BareJceTest {

  @ParameterizedTest
  @EnumSource(names = {"AES_256_CBC_HMACSHA256", "AES_256_GCM"})
  void bareCallsAndProtectorReadEachOthersPayloads(KeyAlgorithm algorithm) throws Exception {
    try (Sample sample = new Sample(algorithm)) {
      BareJce bare = sample.bare();
      for (int size : new int[] {0, 15, 16, 64, 1024}) {
        byte[] plaintext = new byte[size];
        new Random(size).nextBytes(plaintext);
        assertThat(bare.unprotect(sample.protector().protect(plaintext))).isEqualTo(plaintext);
        assertThat(sample.protector().unprotect(bare.protect(plaintext))).isEqualTo(plaintext);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AES_256_CBC_HMACSHA256", "AES_256_GCM"})
  void bareCallsRefuseAForgedPayload(KeyAlgorithm algorithm) throws Exception {
    try (Sample sample = new Sample(algorithm)) {
      byte[] payload = sample.protector().protect(new byte[100]);
      payload[payload.length - 1] ^= 1;
      assertThatThrownBy(() -> sample.bare().unprotect(payload))
          .isInstanceOf(java.security.GeneralSecurityException.class);
    }
  }
}
