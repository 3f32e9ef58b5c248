package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.CircuitState;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.testkit.FaultyProxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A request that writes once more what Redis did not answer, as Spring Session's filter does: what
 * it has then is not taken for a session that nobody has.
 */
class RetriedWriteIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration CONFIRM = Duration.ofSeconds(30);

  private static SessionRedis redis;
  private static FaultyProxy proxy;
  private static RedisLink<byte[], byte[]> link;
  private static RedisSessionStore store;

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis(SharedTestRedis.STANDALONE);
    proxy = FaultyProxy.to(redis.uri().getHost(), redis.uri().getPort());
    link =
        new RedisLink<>(
            redis.network(),
            "sessions",
            RedisAddress.parse("test", proxy.redisUrl()),
            ByteArrayCodec.INSTANCE);
    link.firstConnected().get(30, TimeUnit.SECONDS);
    store = new RedisSessionStore(link, redis.options(), redis.protection, new SecureRandom());
  }

  @AfterAll
  static void stop() {
    link.close();
    proxy.close();
    redis.close();
  }

  @Test
  void sessionThatIsCreatedAtTheSecondTryGoesOn() {
    SessionId id = store.newId();
    whileAway(
        () ->
            assertThatThrownBy(() -> store.create(id, Instant.EPOCH, first("cart", "mug")))
                .isInstanceOf(RedisUnavailableException.class));
    assertThat(store.create(id, Instant.EPOCH, first("cart", "mug")))
        .isInstanceOf(SaveOutcome.Saved.class);
    // As a replica asks every second, and then ends what nobody has.
    store.claimExpired("one", CONFIRM, 10);
    assertThat(store.load(id)).isPresent();
  }

  /** Rounds, since it is a race: the end of what nobody has, and the answer to the second try. */
  @Test
  void signInThatIsSavedAtTheSecondTryGoesOn() throws Exception {
    for (int round = 0; round < 5; round++) {
      SessionId before = create(store, first("user", "guest"));
      SessionId after = store.renewed(before);
      SessionWrite signIn = change("user", "alice").withNewId(after);
      whileAway(
          () ->
              assertThatThrownBy(() -> store.save(before, 1, signIn))
                  .isInstanceOf(RedisUnavailableException.class));
      proxy.holdAnswers();
      CompletableFuture<Object> claim = waiting(() -> store.claimExpired("one", CONFIRM, 10));
      CompletableFuture<Object> save = waiting(() -> store.save(before, 1, signIn));
      proxy.heal();
      assertThat(save.get(30, TimeUnit.SECONDS)).isInstanceOf(SaveOutcome.Saved.class);
      claim.get(30, TimeUnit.SECONDS);
      assertThat(read(store.load(after).orElseThrow())).isEqualTo(Map.of("user", "alice"));
    }
  }

  @Test
  void sessionThatNobodyTriesAgainEndsWhenRedisIsBack() {
    SessionId before = create(store, first("user", "guest"));
    SessionId after = signedInUnheard(before);
    back();
    store.claimExpired("one", CONFIRM, 10);
    Awaitility.await().atMost(PATIENCE).until(() -> redis.store().load(after).isEmpty());
  }

  /** It finds that its own first one has made the id a former one. */
  @Test
  void secondTryOfASignInThatWasDoneUnheardLeavesNoSessionForNobody() {
    SessionId before = create(store, first("user", "guest"));
    SessionId after = signedInUnheard(before);
    back();
    assertThat(store.save(before, 1, change("user", "alice").withNewId(after)))
        .isNotInstanceOf(SaveOutcome.Saved.class);
    Awaitility.await().atMost(PATIENCE).until(() -> redis.store().load(after).isEmpty());
  }

  /** It is done, and nobody hears of it; nor does Redis hear of its end. */
  private static SessionId signedInUnheard(SessionId before) {
    SessionId after = store.renewed(before);
    proxy.holdAnswers();
    CompletableFuture<Object> save =
        CompletableFuture.supplyAsync(
            () -> store.save(before, 1, change("user", "alice").withNewId(after)),
            command -> new Thread(command, "sign-in").start());
    Awaitility.await().atMost(PATIENCE).until(() -> redis.store().load(after).isPresent());
    proxy.cut();
    Awaitility.await().atMost(PATIENCE).until(save::isCompletedExceptionally);
    Awaitility.await().atMost(PATIENCE).until(() -> !link.connected());
    return after;
  }

  private static void whileAway(Runnable request) {
    proxy.cut();
    Awaitility.await().atMost(PATIENCE).until(() -> !link.connected());
    request.run();
    back();
  }

  private static void back() {
    proxy.heal();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> link.connected() && link.circuit() == CircuitState.CLOSED);
  }

  /** Begins what waits for an answer, and returns when it does. */
  private static CompletableFuture<Object> waiting(Supplier<Object> request) {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(request.get());
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            },
            "waiting");
    thread.start();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING || answer.isDone());
    return answer;
  }
}
