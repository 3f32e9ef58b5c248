package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is remembered changes how long opening takes, and nothing else. */
class RememberingTest {

  private static final byte[] PLAINTEXT = "four apples".getBytes(StandardCharsets.UTF_8);

  private final InMemoryKeyRepository shared = new InMemoryKeyRepository();
  private final DataProtection ring =
      DataProtection.open(DataProtectionOptions.builder().applicationName("Shop").build(), shared);
  private final DataProtector rows = ring.protector("Rows").remembering(4);

  @AfterEach
  void close() {
    ring.close();
  }

  @Test
  void payloadThatIsOpenedAgainIsTakenFromMemory() {
    byte[] payload = rows.protectUnder(PLAINTEXT, "42", "note");
    byte[] copy = new byte[payload.length + 3];
    System.arraycopy(payload, 0, copy, 3, payload.length);
    byte[] first = rows.unprotectUnder(payload, 0, "42", "note");
    byte[] again = rows.unprotectUnder(copy, 3, "42", "note");
    // A ring that has just made its key is read once more, and what was opened before is forgotten.
    for (int tries = 0; again != first && tries < 1000; tries++) {
      first = rows.unprotectUnder(payload, 0, "42", "note");
      again = rows.unprotectUnder(copy, 3, "42", "note");
    }
    assertThat(again).isSameAs(first).isEqualTo(PLAINTEXT);
    assertThat(ring.protector("Rows").unprotectUnder(payload, 0, "42", "note"))
        .isNotSameAs(first)
        .isEqualTo(PLAINTEXT);
  }

  @Test
  void payloadThatDiffersInAnyByteIsRefused() {
    byte[] payload = opened("42", "note");
    for (int i = 0; i < payload.length; i++) {
      byte[] forged = payload.clone();
      forged[i] ^= 1;
      assertThatThrownBy(() -> rows.unprotectUnder(forged, 0, "42", "note"))
          .isInstanceOf(DataProtectionException.class);
      byte[] cut = Arrays.copyOf(payload, i);
      assertThatThrownBy(() -> rows.unprotectUnder(cut, 0, "42", "note"))
          .isInstanceOf(DataProtectionException.class);
    }
    assertThat(rows.unprotectUnder(payload, 0, "42", "note")).isEqualTo(PLAINTEXT);
  }

  @Test
  void payloadUnderOtherPurposesIsRefused() {
    byte[] payload = opened("42", "note");
    List<String[]> others =
        List.of(
            new String[] {},
            new String[] {"42"},
            new String[] {"43", "note"},
            new String[] {"42", "not"},
            new String[] {"42", "note", ""});
    for (String[] other : others) {
      assertThatThrownBy(() -> rows.unprotectUnder(payload, 0, other))
          .isInstanceOf(DataProtectionException.class);
    }
    assertThatThrownBy(() -> rows.protector("more").unprotectUnder(payload, 0, "42", "note"))
        .isInstanceOf(DataProtectionException.class);
  }

  @Test
  void revokedKeyOpensNothingThatItOpenedBefore() {
    byte[] payload = opened("42", "note");
    ring.keyManager().revoke(ring.keyManager().ring().defaultKey().id(), "lost laptop");
    assertThatThrownBy(() -> rows.unprotectUnder(payload, 0, "42", "note"))
        .isInstanceOf(DataProtectionException.class)
        .hasMessageContaining("revoked");
    byte[] next = opened("42", "note");
    assertThat(rows.unprotectUnder(next, 0, "42", "note")).isEqualTo(PLAINTEXT);
  }

  @Test
  void payloadsBeyondWhatIsRememberedAllOpen() {
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      payloads.add(rows.protectUnder(("row " + i).getBytes(StandardCharsets.UTF_8), "" + i));
    }
    payloads.add(rows.protectUnder(new byte[10_000], "100"));
    payloads.add(rows.protectUnder(new byte[0], "101"));
    IntStream.range(0, 50 * payloads.size())
        .parallel()
        .forEach(
            n -> {
              int i = n * 7 % payloads.size();
              byte[] plaintext = rows.unprotectUnder(payloads.get(i), 0, "" + i);
              if (i < 100) {
                assertThat(plaintext).asString(StandardCharsets.UTF_8).isEqualTo("row " + i);
              } else {
                assertThat(plaintext).isEqualTo(new byte[i == 100 ? 10_000 : 0]);
              }
            });
  }

  @Test
  void isForgottenAfterHalfAMinuteOfUse() {
    RecentPayloads recent = new RecentPayloads(2, 0);
    byte[] one = new byte[100];
    byte[] two = new byte[100];
    two[20] = 1;
    recent.add(one, 0, new String[] {"a"}, PLAINTEXT, 30_000);
    assertThat(recent.find(one, 0, new String[] {"a"}, 30_000)).isSameAs(PLAINTEXT);
    assertThat(recent.find(one, 0, new String[] {"a"}, 30_001)).isNull();
    recent.add(two, 0, new String[] {"a"}, PLAINTEXT, 30_001);
    assertThat(recent.find(one, 0, new String[] {"a"}, 30_002)).isNull();
    assertThat(recent.find(two, 0, new String[] {"a"}, 30_002)).isSameAs(PLAINTEXT);
  }

  @Test
  void shortPayloadInALongArrayIsNotKept() {
    RecentPayloads recent = new RecentPayloads(2, 0);
    byte[] buffer = new byte[100_000];
    recent.add(buffer, 99_900, new String[] {"a"}, PLAINTEXT, 0);
    assertThat(recent.find(buffer, 99_900, new String[] {"a"}, 0)).isNull();
  }

  @Test
  void numberThatIsOutOfBoundsIsRefused() {
    for (int payloads : new int[] {Integer.MIN_VALUE, 0, 65_537, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> ring.protector("Rows").remembering(payloads))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not " + payloads);
    }
  }

  private byte[] opened(String... purposes) {
    byte[] payload = rows.protectUnder(PLAINTEXT, purposes);
    for (int i = 0; i < 3; i++) {
      assertThat(rows.unprotectUnder(payload, 0, purposes)).isEqualTo(PLAINTEXT);
    }
    return payload;
  }
}
