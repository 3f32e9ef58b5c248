package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.SharedTestRedis;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an id can do after the session has got another one. */
@ParameterizedClass
@EnumSource
class FormerIdIT {

  private static SessionRedis redis;

  @Parameter SharedTestRedis topology;

  /**
   * As long as former ids may answer: what is tested is what they see, not how fast the test is.
   */
  private final RedisSessionStore store =
      redis.store(redis.options().withFormerIdFor(Duration.ofMinutes(1)));

  @BeforeParameterizedClassInvocation
  static void start(SharedTestRedis topology) throws Exception {
    redis = new SessionRedis(topology);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    redis.close();
  }

  @Test
  void formerIdAnswersWithWhatWasThereBefore() {
    SessionId old = create(store, first("cart", "mug", "user", "guest"));
    SessionId renewed = signIn(old);
    assertThat(read(store.load(renewed).orElseThrow()))
        .isEqualTo(Map.of("cart", "mug", "user", "alice", "role", "buyer"));
    StoredSession before = store.load(old).orElseThrow();
    assertThat(before.former()).isTrue();
    assertThat(read(before)).isEqualTo(Map.of("cart", "mug", "user", "guest"));
  }

  @Test
  void whoPlantedAnIdDoesNotSeeWhatIsWrittenAfterTheSignIn() {
    SessionId planted = create(store, first("cart", "mug"));
    SessionId renewed = signIn(planted);
    store.save(renewed, 2, change("address", "Redmond", "cart", "2 mugs"));
    assertThat(read(store.load(planted).orElseThrow())).isEmpty();
  }

  @Test
  void attributeThatAParallelRequestWroteUnderTheFormerIdSurvives() {
    SessionId old = create(store, first("cart", "mug"));
    SessionId renewed = signIn(old);
    assertThat(store.save(old, 1, change("seen", "yes", "cart", "2 mugs")))
        .isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(store.load(renewed).orElseThrow()))
        .containsEntry("seen", "yes")
        .containsEntry("cart", "2 mugs")
        .containsEntry("user", "alice");
  }

  @Test
  void formerIdDoesNotReplaceWhatTheSignInWrote() {
    SessionId old = create(store, first("cart", "mug"));
    SessionId renewed = signIn(old);
    SessionWrite takeOver =
        SessionWrite.of(SessionRedis.values("user", "mallory"), Set.of("role"))
            .withOwner(new SessionWrite.Owner.User("mallory"))
            .withTimeout(Duration.ofDays(300));
    assertThat(store.save(old, 1, takeOver)).isInstanceOf(SaveOutcome.Saved.class);
    StoredSession session = store.load(renewed).orElseThrow();
    assertThat(read(session)).containsEntry("user", "alice").containsEntry("role", "buyer");
    assertThat(session.timeout()).isEqualTo(SessionRedis.TIMEOUT);
    assertThat(store.list("mallory", 0, 10).sessions()).isEmpty();
    assertThat(store.list("alice", 0, 10).sessions())
        .extracting(StoredSession::internal)
        .contains(old.internal());
  }

  @Test
  void secondSignInUnderTheFormerIdNeedsASessionOfItsOwn() {
    SessionId old = create(store, first("cart", "mug"));
    SessionId renewed = signIn(old);
    SessionWrite second = change("user", "bob").withNewId(store.renewed(old));
    assertThat(store.save(old, 1, second)).isInstanceOf(SaveOutcome.Former.class);
    assertThat(read(store.load(renewed).orElseThrow())).containsEntry("user", "alice");
  }

  /** For instance when a replica takes over whose clock is behind. */
  @Test
  void clockThatWasSetBackDoesNotKeepAFormerIdAlive() {
    SessionId old = create(store, first("cart", "mug", "user", "guest"));
    SessionId renewed = signIn(old);
    assertThat(store.load(old)).isPresent();
    String field = "o:" + old.check();
    String[] former = redis.raw().hget(key(old), field).split(":");
    long anHourLater = Long.parseLong(former[0]) + Duration.ofHours(1).toMillis();
    redis.raw().hset(key(old), field, anHourLater + ":" + former[1]);
    assertThat(store.load(old)).isEmpty();
    assertThat(store.save(old, 1, change("cart", "0"))).isInstanceOf(SaveOutcome.Gone.class);
    assertThat(store.end(old, EndReason.SIGNED_OUT)).isEmpty();
    assertThat(store.load(renewed)).isPresent();
  }

  @Test
  void formerIdEndsByItself() {
    RedisSessionStore brief = redis.store(redis.options().withFormerIdFor(Duration.ofMillis(50)));
    SessionId old = create(brief, first("cart", "mug", "user", "guest"));
    SessionId renewed = brief.renewed(old);
    brief.save(old, 1, change("user", "alice").withNewId(renewed));
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> brief.load(old).isEmpty());
    assertThat(brief.save(old, 1, change("cart", "0"))).isInstanceOf(SaveOutcome.Gone.class);
    assertThat(brief.load(renewed)).isPresent();
    // What it could see is forgotten by the next write.
    assertThat(redis.raw().hkeys(key(old))).contains("p:user", "o:" + old.check());
    brief.save(renewed, 2, change("cart", "1"));
    assertThat(redis.raw().hkeys(key(old)))
        .doesNotContain("p:user", "o:" + old.check(), "n")
        .contains("x:user");
  }

  @Test
  void severalFormerIdsOfAFewSecondsEachSeeTheirOwnTime() {
    SessionId one = create(store, first("step", "1"));
    SessionId two = store.renewed(one);
    store.save(one, 1, change("step", "2").withNewId(two));
    SessionId three = store.renewed(two);
    store.save(two, 2, change("step", "3").withNewId(three));
    assertThat(read(store.load(three).orElseThrow())).isEqualTo(Map.of("step", "3"));
    assertThat(read(store.load(two).orElseThrow())).isEqualTo(Map.of("step", "2"));
    // Two changes back only what never changed is left.
    assertThat(read(store.load(one).orElseThrow())).isEmpty();
  }

  @Test
  void formerIdMaySignOut() {
    SessionId old = create(store, first("cart", "mug"));
    SessionId renewed = signIn(old);
    assertThat(store.end(old, EndReason.SIGNED_OUT)).isPresent();
    assertThat(store.load(renewed)).isEmpty();
  }

  @Test
  void presentIdIsReadableByTheKeyRingAlone() {
    SessionId old = create(store, first("cart", "mug"));
    SessionId renewed = signIn(old);
    assertThat(store.load(renewed).orElseThrow().id()).isEqualTo(renewed);
  }

  private SessionId signIn(SessionId old) {
    SessionId renewed = store.renewed(old);
    SessionWrite change =
        change("user", "alice", "role", "buyer")
            .withNewId(renewed)
            .withOwner(new SessionWrite.Owner.User("alice"));
    assertThat(store.save(old, 1, change)).isInstanceOf(SaveOutcome.Saved.class);
    return renewed;
  }
}
