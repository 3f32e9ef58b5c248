package io.sharedredis.identity.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.identity.Farm;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counting of failed sign-ins, with a clock that the test moves. */
class FailedSignInsIT {

  private final MutableClock clock = MutableClock.at("2030-01-01T00:00:00Z");
  private final JdbcClient jdbc = Farm.sharedReplica().context().getBean(JdbcClient.class);
  private final FailedSignIns failures = new FailedSignIns(jdbc, clock);

  @Test
  void nameIsLockedByTheLastAllowedFailureAndFreeAgainWhenTheTimeIsOver() {
    fail("carol", FailedSignIns.LIMIT - 1);
    assertThat(failures.lockedUntil("carol")).isEmpty();
    fail("carol", 1);
    Instant until = clock.instant().plus(FailedSignIns.LOCK);
    assertThat(failures.lockedUntil("carol")).contains(until);
    assertThat(failures.lockedUntil("dave")).isEmpty();
    clock.advance(FailedSignIns.LOCK);
    assertThat(failures.lockedUntil("carol")).isEmpty();
    fail("carol", 1);
    assertThat(failures.lockedUntil("carol")).isEmpty();
  }

  @Test
  void failuresFarApartAreNotCountedTogether() {
    fail("erin", FailedSignIns.LIMIT - 1);
    clock.advance(FailedSignIns.WINDOW.plusSeconds(1));
    fail("erin", FailedSignIns.LIMIT - 1);
    assertThat(failures.lockedUntil("erin")).isEmpty();
  }

  @Test
  void successForgetsTheFailures() {
    fail("frank", FailedSignIns.LIMIT - 1);
    failures.clear("frank");
    fail("frank", FailedSignIns.LIMIT - 1);
    assertThat(failures.lockedUntil("frank")).isEmpty();
  }

  @Test
  void failuresAtTheSameMomentAreAllCounted() {
    List<CompletableFuture<Void>> guesses =
        IntStream.range(0, FailedSignIns.LIMIT)
            .mapToObj(guess -> CompletableFuture.runAsync(() -> failures.record("grace")))
            .toList();
    guesses.forEach(CompletableFuture::join);
    assertThat(failures.lockedUntil("grace")).isPresent();
  }

  @Test
  void oldCountsAreRemoved() {
    fail("heidi", 1);
    clock.advance(FailedSignIns.WINDOW.plus(FailedSignIns.LOCK).plus(Duration.ofSeconds(1)));
    failures.purge();
    assertThat(
            jdbc.sql("SELECT count(*) FROM failed_sign_in WHERE login_name = 'heidi'")
                .query(Long.class)
                .single())
        .isZero();
  }

  private void fail(String name, int times) {
    for (int i = 0; i < times; i++) {
      failures.record(name);
    }
  }
}
