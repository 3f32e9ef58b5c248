package io.sharedredis.lettuce.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.hub.ClaimAnswer.Elsewhere;
import io.sharedredis.lettuce.hub.ClaimAnswer.Made;
import io.sharedredis.lettuce.hub.ClaimAnswer.None;
import io.sharedredis.lettuce.hub.ClaimStore.Right;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClaimKeeperTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger kept = new AtomicInteger();
  private final AtomicReference<Runnable> back = new AtomicReference<>(() -> {});
  private boolean away;
  private final InMemoryClaims.SharedMemory farm = new InMemoryClaims.SharedMemory();
  private final InMemoryClaims other = new InMemoryClaims(farm, "other");
  private final InMemoryClaims own = new InMemoryClaims(farm, "own");
  private final ClaimKeeper keeper = new ClaimKeeper(new Watched(), ClaimTimes.DEFAULT, nanos::get);
  private final ClaimedConnection connection = ClaimStoreContract.connection(1);

  /** The replica's own store, whose Redis can go away. */
  private final class Watched implements ClaimStore {
    @Override
    public void reserve(String connectionId, String hubPath) {
      own.reserve(connectionId, hubPath);
    }

    @Override
    public ClaimAnswer claim(ClaimedConnection wanted, Right right) {
      return own.claim(wanted, right);
    }

    @Override
    public boolean takeOver(ClaimedConnection wanted, String from) {
      return own.takeOver(wanted, from);
    }

    @Override
    public CompletionStage<Boolean> keep(ClaimedConnection held) {
      kept.incrementAndGet();
      return away
          ? CompletableFuture.failedFuture(new IllegalStateException("away"))
          : own.keep(held);
    }

    @Override
    public CompletionStage<Void> end(ClaimedConnection held) {
      return own.end(held);
    }

    @Override
    public void onReturn(Runnable listener) {
      back.set(listener);
    }

    @Override
    public void close() {}
  }

  @Test
  void claimIsRenewedThreeTimesALease() {
    keeper.made(connection);
    ticks(Duration.ofSeconds(301));
    assertThat(kept).hasValue(3);
  }

  @Test
  void claimMadeWithoutRedisIsTriedEachSecondUntilItIsRecorded() {
    away = true;
    keeper.accepted(connection);
    ticks(Duration.ofSeconds(4));
    assertThat(kept).hasValue(4);
    assertThat(other.claim(connection, Right.NONE)).isEqualTo(new None());
    away = false;
    ticks(Duration.ofSeconds(2));
    assertThat(other.claim(connection, Right.NONE)).isEqualTo(new Elsewhere("own"));
    assertThat(kept).hasValue(5);
  }

  @Test
  void everyClaimIsRecordedAnewWhenRedisIsBack() {
    for (int i = 0; i < 5_000; i++) {
      keeper.made(ClaimStoreContract.connection(1));
    }
    back.get().run();
    assertThat(kept).hasValue(4_000);
    ticks(Duration.ofSeconds(1));
    assertThat(kept).hasValue(5_000);
  }

  @Test
  void claimsThatWereNotAgreedWithOthersAreCounted() {
    assertThat(other.claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    keeper.accepted(connection);
    ticks(Duration.ofSeconds(1));
    assertThat(keeper.acceptedAlone()).isEqualTo(1);
    assertThat(keeper.conflicts()).isEqualTo(1);
  }

  @Test
  void connectionThatEndedLeavesATombstoneAndIsNotRenewed() {
    keeper.accepted(connection);
    ticks(Duration.ofSeconds(1));
    keeper.ended(connection);
    ticks(Duration.ofMinutes(5));
    assertThat(kept).hasValue(1);
    assertThat(keeper.size()).isZero();
    assertThat(other.claim(connection, Right.FRESH_TOKEN)).isEqualTo(new None());
  }

  private void ticks(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      keeper.tick();
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
  }
}
