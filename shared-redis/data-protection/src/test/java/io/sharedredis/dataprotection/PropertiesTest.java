package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds for any size, algorithm and purposes; the seed is fixed, so a failure repeats. The
 * system properties {@code properties.rounds} and {@code properties.seed} ask for more.
 */
class PropertiesTest {
  private static final int ROUNDS = Integer.getInteger("properties.rounds", 60);
  private static final int MAX_BYTES = 1 << 20;

  private final Random random = new Random(Long.getLong("properties.seed", 20_261_122L));

  private DataProtection open(KeyAlgorithm algorithm) {
    return DataProtection.open(
        DataProtectionOptions.builder().algorithm(algorithm).build(), new InMemoryKeyRepository());
  }

  @ParameterizedTest
  @EnumSource
  void everyPlaintextComesBackUnderItsPurposesOnly(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<String> purposes = purposes();
        DataProtector protector = protector(ring, purposes);
        byte[] plaintext = plaintext(round);
        byte[] payload = protector.protect(plaintext);
        assertThat(Arrays.equals(protector.unprotect(payload), plaintext)).isTrue();
        assertThat(Arrays.equals(payload, protector.protect(plaintext))).isFalse();
        List<String> others = new ArrayList<>(purposes);
        others.set(random.nextInt(others.size()), "another");
        assertThatThrownBy(() -> protector(ring, others).unprotect(payload))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFlippedBitAndEveryCutIsRefused(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("p");
      byte[] payload = protector.protect("some plaintext".getBytes());
      for (int bit = 0; bit < payload.length * 8; bit++) {
        byte[] changed = payload.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatThrownBy(() -> protector.unprotect(changed))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
      for (int length = 0; length < payload.length; length++) {
        byte[] cut = Arrays.copyOf(payload, length);
        assertThatThrownBy(() -> protector.unprotect(cut))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTextComesBack(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("text");
      for (int round = 0; round < ROUNDS; round++) {
        String text = text(200);
        String payload = protector.protect(text);
        assertThat(payload).matches("CfDJ8[A-Za-z0-9_-]+");
        assertThat(protector.unprotect(payload)).isEqualTo(text);
      }
    }
  }

  private byte[] plaintext(int round) {
    int[] edges = {0, 1, 15, 16, 17, 31, 32, 63, 64, 127, 128, MAX_BYTES};
    int size = round < edges.length ? edges[round] : random.nextInt(2 << random.nextInt(20));
    byte[] plaintext = new byte[size];
    random.nextBytes(plaintext);
    return plaintext;
  }

  /** One to four, of any characters and lengths; an empty one is a purpose too. */
  private List<String> purposes() {
    List<String> purposes = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      purposes.add(text(300));
    }
    return purposes;
  }

  /** Text of any characters but unpaired surrogates. */
  private String text(int maxLength) {
    StringBuilder text = new StringBuilder();
    random
        .ints(random.nextInt(maxLength), 0, 0x110000)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  private static DataProtector protector(DataProtection ring, List<String> purposes) {
    return ring.protector(
        purposes.get(0), purposes.subList(1, purposes.size()).toArray(String[]::new));
  }
}
