package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a stranger can send is refused in one way, whatever is wrong with the sealed part. */
class BadInputTest {
  private static final int SEALED_AT = 20;
  private static final String INVALID = "the payload is invalid";

  private final Random random = new Random(20_261_122);

  @ParameterizedTest
  @EnumSource
  void everyEntranceRefusesTheSealedPartInTheSameWords(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("p");
      for (Map.Entry<String, byte[]> bad : sealedWrongly(ring).entrySet()) {
        for (Consumer<byte[]> entrance : entrances(protector)) {
          assertThatThrownBy(() -> entrance.accept(bad.getValue()))
              .as(bad.getKey())
              .isExactlyInstanceOf(DataProtectionException.class)
              .hasMessage(INVALID)
              .hasNoCause();
        }
      }
    }
  }

  /**
   * Where a payload was changed, or what it was made for, must not show in the time. The tenth part
   * of the runs that was quickest is compared, taken in turn, and a disturbed measurement repeated.
   */
  @ParameterizedTest
  @EnumSource(names = {"AES_256_CBC_HMACSHA256", "AES_256_GCM"})
  void whereAPayloadIsWrongDoesNotShowInTheTime(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("p");
      Map<String, byte[]> kinds = new LinkedHashMap<>(sealedWrongly(ring));
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
        long start = System.nanoTime();
        try {
          protector.unprotect(bad);
        } catch (DataProtectionException e) {
          nanos[kind++][round] = System.nanoTime() - start;
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

  @Test
  void whatIsNotAPayloadOfThisRingIsToldByItsHeaderOnly() {
    try (DataProtection ring = open(KeyAlgorithm.AES_256_GCM);
        DataProtection other = open(KeyAlgorithm.AES_256_GCM)) {
      DataProtector protector = ring.protector("p");
      byte[] genuine = protector.protect(new byte[9]);
      byte[] newer = genuine.clone();
      newer[3] |= 1;
      for (Consumer<byte[]> entrance : entrances(protector)) {
        for (byte[] foreign :
            new byte[][] {
              new byte[0], new byte[19], new byte[20], new byte[1 << 20], Arrays.copyOf(genuine, 19)
            }) {
          refused(() -> entrance.accept(foreign), "the data was not protected by this ring");
        }
        refused(() -> entrance.accept(newer), "the data was protected by a newer version");
        byte[] theirs = other.protector("p").protect(new byte[9]);
        assertThatThrownBy(() -> entrance.accept(theirs))
            .isExactlyInstanceOf(DataProtectionException.class)
            .hasMessageMatching("key [0-9a-f-]{36} is not in the key ring");
      }
    }
  }

  @Test
  void textThatCannotBeAPayloadIsRefusedByEveryEntranceForText() {
    try (DataProtection ring = open(KeyAlgorithm.AES_256_CBC_HMACSHA256)) {
      DataProtector protector = ring.protector("p");
      String genuine = protector.protect("x");
      for (String bad :
          List.of(
              "!",
              genuine + "!",
              genuine + "====",
              "=" + genuine,
              genuine.substring(0, 21),
              genuine + "\uD800",
              "\uDC00",
              "\u0000" + genuine,
              genuine.replace('C', '\u0421'))) {
        assertThatThrownBy(() -> protector.unprotect(bad))
            .isExactlyInstanceOf(DataProtectionException.class);
        assertThatThrownBy(() -> protector.unprotectWithResult(bad))
            .isExactlyInstanceOf(DataProtectionException.class);
        assertThatThrownBy(() -> protector.unprotectIgnoringRevocation(bad))
            .isExactlyInstanceOf(DataProtectionException.class);
        assertThatThrownBy(() -> protector.timeLimited().unprotect(bad))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
      refused(() -> protector.unprotect(""), "the data was not protected by this ring");
      refused(
          () -> protector.unprotect("A".repeat(40_000_000)),
          "the data was not protected by this ring");
    }
  }

  @Test
  void plaintextThatIsNoTextIsAnErrorWhereTextIsAskedForAndBytesWhereBytesAre() {
    try (DataProtection ring = open(KeyAlgorithm.AES_256_GCM)) {
      DataProtector protector = ring.protector("p");
      byte[] broken = {'a', (byte) 0xC3, (byte) 0x28, (byte) 0xED, (byte) 0xA0, (byte) 0x80};
      byte[] payload = protector.protect(broken);
      assertThat(protector.unprotect(payload)).isEqualTo(broken);
      assertThatThrownBy(() -> protector.unprotect(PayloadText.encode(payload)))
          .isExactlyInstanceOf(DataProtectionException.class)
          .hasMessage("the plaintext is not UTF-8 text");
      assertThatThrownBy(() -> protector.unprotectWithResult(PayloadText.encode(payload)).text())
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  /** Payloads of the ring's own key whose sealed part is wrong in every way. */
  private Map<String, byte[]> sealedWrongly(DataProtection ring) {
    byte[] genuine = ring.protector("p").protect(new byte[100]);
    Map<String, byte[]> bad = new LinkedHashMap<>();
    bad.put("modifier changed", flipped(genuine, SEALED_AT));
    bad.put("IV changed", flipped(genuine, SEALED_AT + 16));
    bad.put("ciphertext changed", flipped(genuine, SEALED_AT + 16 + 16 + 20));
    bad.put("last byte changed", flipped(genuine, genuine.length - 1));
    bad.put("first byte of the tag changed", flipped(genuine, genuine.length - 16));
    byte[] zero = genuine.clone();
    Arrays.fill(zero, genuine.length - 16, genuine.length, (byte) 0);
    bad.put("tag of zeros", zero);
    byte[] noise = genuine.clone();
    byte[] some = new byte[genuine.length - SEALED_AT];
    random.nextBytes(some);
    System.arraycopy(some, 0, noise, SEALED_AT, some.length);
    bad.put("nothing but noise", noise);
    bad.put("of another purpose", ring.protector("q").protect(new byte[100]));
    bad.put("of a longer chain", ring.protector("p", "").protect(new byte[100]));
    bad.put("cut behind the header", Arrays.copyOf(genuine, SEALED_AT));
    bad.put("cut behind the IV", Arrays.copyOf(genuine, SEALED_AT + 32));
    bad.put("cut by a block", Arrays.copyOf(genuine, genuine.length - 16));
    bad.put("cut by a byte", Arrays.copyOf(genuine, genuine.length - 1));
    return bad;
  }

  private static List<Consumer<byte[]>> entrances(DataProtector protector) {
    return List.of(
        protector::unprotect,
        protector::unprotectWithResult,
        protector::unprotectIgnoringRevocation,
        payload -> protector.unprotect(PayloadText.encode(payload)),
        payload -> protector.unprotectWithResult(PayloadText.encode(payload)),
        payload -> protector.unprotectIgnoringRevocation(PayloadText.encode(payload)),
        protector.timeLimited()::unprotect,
        payload -> protector.timeLimited().unprotect(PayloadText.encode(payload)));
  }

  private static byte[] flipped(byte[] payload, int at) {
    byte[] changed = payload.clone();
    changed[at] ^= 0x20;
    return changed;
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessage(message);
  }

  private static DataProtection open(KeyAlgorithm algorithm) {
    return DataProtection.open(
        DataProtectionOptions.builder().algorithm(algorithm).build(), new InMemoryKeyRepository());
  }
}
