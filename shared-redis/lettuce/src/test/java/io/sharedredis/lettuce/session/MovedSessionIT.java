package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that were kept elsewhere before: each comes once. */
@ParameterizedClass
@EnumSource
class MovedSessionIT {

  private static final Duration REMEMBER = Duration.ofHours(1);
  private static final String FORMER = "6a48f5e1-17b6-476f-8a6c-3f33b6563f52";

  private static SessionRedis redis;

  @Parameter SharedTestRedis topology;

  private final RedisSessionStore store = redis.store();
  private final SessionId id = SessionId.standingFor(FORMER);

  @BeforeParameterizedClassInvocation
  static void start(SharedTestRedis topology) throws Exception {
    redis = new SessionRedis(topology);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.raw().flushall();
  }

  @Test
  void sessionThatMovesIsReadUnderWhatItsFormerIdStandsFor() {
    assertThat(store.move(id)).isEqualTo(Move.NEVER);
    assertThat(moveHere(store)).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(store.move(id)).isEqualTo(Move.UNDER_WAY);
    assertThat(read(store.load(SessionId.standingFor(FORMER)).orElseThrow()))
        .isEqualTo(Map.of("cart", "mug"));
    assertThat(store.list("alice", 0, 10).total()).isEqualTo(1);
    assertThat(redis.raw().pttl(moved())).isBetween(1L, REMEMBER.toMillis());
  }

  @Test
  void sessionThatHasMovedDoesNotComeBackAfterItsEnd() {
    moveHere(store);
    assertThatThrownBy(() -> moveHere(redis.store())).isInstanceOf(IllegalStateException.class);
    assertThat(store.save(id, 1, change("cart", "2 mugs"))).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(store.end(id, EndReason.SIGNED_OUT)).isPresent();
    assertThatThrownBy(() -> moveHere(store)).isInstanceOf(IllegalStateException.class);
    assertThat(store.load(id)).isEmpty();
    assertThat(redis.raw().exists(key(id))).isZero();
  }

  @Test
  void doneIsSaidOnceAndRememberedForAsLongAsBefore() {
    moveHere(store);
    assertThat(store.moveDone(id)).isEqualTo(Move.UNDER_WAY);
    assertThat(store.moveDone(id)).isEqualTo(Move.DONE);
    assertThat(store.move(id)).isEqualTo(Move.DONE);
    assertThat(redis.raw().pttl(moved())).isBetween(1L, REMEMBER.toMillis());
    assertThatThrownBy(() -> moveHere(store)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void moveWhoseReplicaDiedIsFoundOut() {
    moveHere(store);
    redis.raw().set(moved(), Long.toString(System.currentTimeMillis() - 60_000));
    assertThat(store.move(id)).isEqualTo(Move.ABANDONED);
    assertThat(store.moveDone(id)).isEqualTo(Move.ABANDONED);
    assertThat(store.move(id)).isEqualTo(Move.DONE);
  }

  @Test
  void somethingElseWhereTheIdIsRememberedCountsAsDone() {
    redis.raw().rpush(moved(), "a list");
    assertThat(store.move(id)).isEqualTo(Move.DONE);
    assertThat(store.moveDone(id)).isEqualTo(Move.DONE);
    assertThatThrownBy(() -> moveHere(store)).isInstanceOf(IllegalStateException.class);
    redis.raw().del(moved());
    redis.raw().set(moved(), "no time");
    assertThat(store.move(id)).isEqualTo(Move.ABANDONED);
  }

  @Test
  void signInBeyondTheLimitDoesNotMoveAndMayDoSoLater() {
    RedisSessionStore one =
        redis.store(redis.options().withLimit(new SessionLimit(1, SessionLimit.Beyond.REFUSE)));
    SessionId other =
        SessionRedis.create(one, first("cart", "cup").withOwner(new Owner.User("alice")));
    assertThat(moveHere(one)).isInstanceOf(SaveOutcome.Refused.class);
    assertThat(one.move(id)).isEqualTo(Move.NEVER);
    one.end(other, EndReason.SIGNED_OUT);
    assertThat(moveHere(one)).isInstanceOf(SaveOutcome.Saved.class);
  }

  @Test
  void ofManyRequestsAtTheSameMomentOneMovesTheSession() throws Exception {
    int requests = 8;
    ExecutorService threads = Executors.newFixedThreadPool(requests);
    try {
      CyclicBarrier together = new CyclicBarrier(requests);
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        all.add(
            () -> {
              together.await();
              try {
                return moveHere(store) instanceof SaveOutcome.Saved;
              } catch (IllegalStateException e) {
                return false;
              }
            });
      }
      int moved = 0;
      for (Future<Boolean> one : threads.invokeAll(all)) {
        moved += one.get() ? 1 : 0;
      }
      assertThat(moved).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  private SaveOutcome moveHere(RedisSessionStore here) {
    SessionWrite whole = first("cart", "mug").withOwner(new Owner.User("alice"));
    return here.createMoved(id, Instant.EPOCH, whole, REMEMBER);
  }

  private String moved() {
    return "shared-redis:shop:session:{0}:moved:" + id.internal();
  }
}
