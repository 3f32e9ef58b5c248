package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a stranger's made-up key ids may cost. */
class UnknownKeysTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final UnknownKeys unknown = new UnknownKeys(now::get);

  @Test
  void onlyTheLastThousandIdsAreRemembered() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      ids.add(UUID.randomUUID());
      unknown.remember(ids.get(i));
    }
    assertThat(unknown.mayAsk(ids.get(0))).as("forgotten").isTrue();
    assertThat(unknown.mayAsk(ids.get(4_999 - 1_024))).as("just forgotten").isTrue();
    assertThat(unknown.mayAsk(ids.get(4_999 - 1_023))).as("oldest that is remembered").isFalse();
    assertThat(unknown.mayAsk(ids.get(4_999))).isFalse();
  }

  @Test
  void idThatIsRememberedCostsNoneOfTheReadsThatAreLeft() {
    UUID id = UUID.randomUUID();
    unknown.remember(id);
    for (int i = 0; i < 100; i++) {
      assertThat(unknown.mayAsk(id)).isFalse();
    }
    assertThat(unknown.mayAsk(UUID.randomUUID())).isTrue();
  }

  @Test
  void clockThatIsSetBackLeavesNobodyLockedOut() {
    for (int i = 0; i < 20; i++) {
      assertThat(unknown.mayAsk(UUID.randomUUID())).isTrue();
    }
    assertThat(unknown.mayAsk(UUID.randomUUID())).isFalse();
    now.set(now.get().minusSeconds(3_600));
    assertThat(unknown.mayAsk(UUID.randomUUID())).isTrue();
  }
}
