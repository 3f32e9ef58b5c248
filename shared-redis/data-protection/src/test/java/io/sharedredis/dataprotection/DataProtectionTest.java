package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataProtectionTest {
  private final InMemoryKeyRepository shared = new InMemoryKeyRepository();
  private final DataProtection one = open("Shop");
  private final DataProtection two = open("Shop");

  private DataProtection open(String application) {
    return DataProtection.open(
        DataProtectionOptions.builder().applicationName(application).build(), shared);
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void payloadProtectedOnOneReplicaIsReadOnAnother() {
    String payload = one.protector("Basket", "v1").protect("four apples");
    assertThat(payload).startsWith("CfDJ8");
    assertThat(two.protector("Basket").protector("v1").unprotect(payload)).isEqualTo("four apples");
  }

  @Test
  void purposesGivenWithTheCallAreThoseOfAProtector() {
    DataProtector rows = one.protector("Rows");
    byte[] plaintext = {1, 2, 3};
    byte[] payload = rows.protectUnder(plaintext, "42", "note");
    assertThat(two.protector("Rows", "42", "note").unprotect(payload)).isEqualTo(plaintext);
    byte[] behind = new byte[payload.length + 3];
    System.arraycopy(payload, 0, behind, 3, payload.length);
    assertThat(two.protector("Rows").unprotectUnder(behind, 3, "42", "note")).isEqualTo(plaintext);
    assertThat(rows.unprotectUnder(behind, 3, "42", "note")).isEqualTo(plaintext);
    assertThat(rows.unprotectUnder(rows.protect(plaintext), 0)).isEqualTo(plaintext);
    for (int from = 0; from <= behind.length; from++) {
      int begin = from;
      if (from != 3) {
        assertThatThrownBy(() -> rows.unprotectUnder(behind, begin, "42", "note"))
            .isExactlyInstanceOf(DataProtectionException.class);
      }
    }
    assertThatThrownBy(() -> rows.unprotectUnder(payload, 0, "43", "note"))
        .isExactlyInstanceOf(DataProtectionException.class);
    assertThatThrownBy(() -> rows.protectUnder(plaintext, "\ud800"))
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageContaining("surrogate");
  }

  @Test
  void replicasThatStartTogetherUseOneKey() {
    one.protector("x").protect("a");
    two.protector("x").protect("b");
    assertThat(shared.readAll().items()).hasSize(1);
  }

  @Test
  void otherPurposeIsRefused() {
    String payload = one.protector("Basket").protect("x");
    assertThatThrownBy(() -> one.protector("Orders").unprotect(payload))
        .isExactlyInstanceOf(DataProtectionException.class);
  }

  @Test
  void otherApplicationIsRefused() {
    String payload = one.protector("Basket").protect("x");
    try (DataProtection other = open("Bank")) {
      assertThatThrownBy(() -> other.protector("Basket").unprotect(payload))
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @Test
  void revokedKeyIsRefusedOnEveryReplicaAndRescuedOnDemand() {
    DataProtector mine = one.protector("Basket");
    byte[] payload = mine.protect(new byte[] {1, 2, 3});
    DataProtector theirs = two.protector("Basket");
    assertThat(theirs.unprotect(payload)).containsExactly(1, 2, 3);
    one.keyManager().revoke(one.keyManager().ring().defaultKey().id(), "lost laptop");
    two.keyManager().refresh();
    assertThatThrownBy(() -> theirs.unprotect(payload)).hasMessageContaining("revoked");
    assertThat(two.counters().refusedPayloads()).isEqualTo(1);
    UnprotectResult rescued = theirs.unprotectIgnoringRevocation(payload);
    assertThat(rescued.plaintext()).containsExactly(1, 2, 3);
    assertThat(rescued.wasRevoked()).isTrue();
    assertThat(rescued.requiresMigration()).isTrue();
  }

  @Test
  void timeLimitedPayloadEndsAfterItsLifetime() {
    TimeLimitedDataProtector otp = one.protector("Otp").timeLimited();
    String token = otp.protect("482913", Duration.ofMinutes(5));
    assertThat(two.protector("Otp").timeLimited().unprotect(token)).isEqualTo("482913");
    String ended = otp.protect("482913", Duration.ofSeconds(-1));
    assertThatThrownBy(() -> otp.unprotect(ended)).hasMessageContaining("expired");
  }

  @Test
  void keyMadeByAnotherReplicaIsFoundAtItsFirstPayload() {
    one.protector("x").protect("loads the ring");
    two.protector("x").protect("loads the ring");
    shared.reset("wiped");
    one.keyManager().refresh();
    String payload = one.protector("x").protect("under a new key");
    assertThat(two.protector("x").unprotect(payload)).isEqualTo("under a new key");
  }
}
