package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a stranger can send is refused in one way, whatever is wrong with the sealed part. */
class BadInputTest {
  private static final String INVALID = "the payload is invalid";

  @ParameterizedTest
  @EnumSource
  void everyEntranceRefusesTheSealedPartInTheSameWords(KeyAlgorithm algorithm) {
    try (DataProtection ring = open(algorithm)) {
      DataProtector protector = ring.protector("p");
      for (Map.Entry<String, byte[]> bad : SealedWrongly.payloads(ring).entrySet()) {
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
