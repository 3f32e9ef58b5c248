package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that were ended from elsewhere, and who hears of it. */
@ParameterizedClass
@EnumSource
class EndedSessionsIT {

  private static final Duration CONFIRM = Duration.ofSeconds(30);

  private static SessionRedis redis;

  @Parameter SharedTestRedis topology;

  private final RedisSessionStore store = redis.store();

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
  void endedSessionIsHandedToOneClaimantWithWhatWasInItAndThenNothingIsLeft() {
    SessionId id = signedIn(store, "alice");
    store.endOf("alice", id.internal(), EndReason.REVOKED);
    assertThat(store.load(id)).isEmpty();
    assertThat(redis.raw().exists(SessionRedis.key(id))).isZero();
    List<StoredSession> claimed = store.claimEnded("one", CONFIRM, 10);
    assertThat(claimed).hasSize(1);
    assertThat(claimed.get(0).id()).isEqualTo(id);
    assertThat(read(claimed.get(0))).isEqualTo(Map.of("cart", "mug"));
    assertThat(redis.store().claimEnded("two", CONFIRM, 10)).isEmpty();
    assertThat(store.claimEnded("one", CONFIRM, 10)).as("not before it is due again").isEmpty();
    store.confirmEnded(List.of(id.internal()));
    assertThat(redis.raw().keys("*")).allMatch(key -> key.endsWith(":claimant"));
  }

  @Test
  void everyEndFromElsewhereIsHandedOutAndNoOther() {
    SessionId byOperator = signedIn(store, "alice");
    SessionId withOthers = signedIn(store, "bob");
    SessionId signedOut = signedIn(store, "carol");
    RedisSessionStore one =
        redis.store(redis.options().withLimit(new SessionLimit(1, SessionLimit.Beyond.END_OLDEST)));
    SessionId beyondLimit = signedIn(one, "dora");
    signedIn(one, "dora");
    store.endByInternal(byOperator.internal(), EndReason.REVOKED);
    store.endAll("bob", "", EndReason.REVOKED);
    store.end(signedOut, EndReason.SIGNED_OUT);
    assertThat(store.claimEnded("one", CONFIRM, 10))
        .extracting(StoredSession::internal)
        .containsExactlyInAnyOrder(
            byOperator.internal(), withOthers.internal(), beyondLimit.internal());
  }

  @Test
  void sessionThatHasExpiredIsNoEndFromElsewhereWhenAllOfItsUserEnd() {
    SessionId expired = signedIn(store, "alice");
    SessionId living = signedIn(store, "alice");
    redis.age(expired, Duration.ofHours(1));
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
        .as("what had expired was not ended by this")
        .containsExactly(living.internal());
    assertThat(store.claimEnded("one", CONFIRM, 10))
        .extracting(StoredSession::internal)
        .containsExactly(living.internal());
    assertThat(store.claimExpired("one", CONFIRM, 10))
        .extracting(StoredSession::internal)
        .containsExactly(expired.internal());
  }

  @Test
  void claimantThatDiesIsFollowedByAnother() {
    SessionId id = signedIn(store, "alice");
    store.endAll("alice", "", EndReason.REVOKED);
    assertThat(store.claimEnded("one", Duration.ofMillis(100), 10)).hasSize(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(redis.store().claimEnded("two", CONFIRM, 10))
                    .extracting(StoredSession::internal)
                    .containsExactly(id.internal()));
  }

  /** Nor more than one claim looks at, of sessions that expired nor of those that were ended. */
  @Test
  void sessionsOfANewerVersionDoNotHoldUpTheOthers() {
    for (int i = 0; i < 30; i++) {
      SessionId expired = signedIn(store, "alice");
      redis.age(expired, Duration.ofHours(2));
      redis.raw().hset(SessionRedis.key(expired), "v", "2");
      SessionId ended = signedIn(store, "bob");
      store.endOf("bob", ended.internal(), EndReason.REVOKED);
      redis.raw().hset(ended() + ":" + ended.internal(), "v", "2");
    }
    SessionId expired = signedIn(store, "alice");
    redis.age(expired, Duration.ofHours(1));
    SessionId ended = signedIn(store, "bob");
    store.endOf("bob", ended.internal(), EndReason.REVOKED);
    assertThat(store.claimExpired("one", CONFIRM, 2)).as("looks at twenty").isEmpty();
    assertThat(store.claimExpired("one", CONFIRM, 2))
        .extracting(StoredSession::internal)
        .containsExactly(expired.internal());
    assertThat(store.claimEnded("one", CONFIRM, 10))
        .extracting(StoredSession::internal)
        .containsExactly(ended.internal());
    // Replicas of that version find them again.
    assertThat(redis.raw().zcard("shared-redis:shop:session:{0}:expiry")).isEqualTo(31);
    assertThat(redis.raw().zcard(ended())).isEqualTo(31);
  }

  @Test
  void whatNobodyEverClaimsHasAnEnd() {
    signedIn(store, "alice");
    store.endAll("alice", "", EndReason.REVOKED);
    assertThat(redis.raw().keys("*")).hasSize(2);
    for (String key : redis.raw().keys("*")) {
      assertThat(redis.raw().pttl(key)).as(key).isBetween(1L, Duration.ofDays(1).toMillis());
    }
  }

  /** Ending goes before reporting. */
  @Test
  void sessionEndsWhereNothingCanBeKept() {
    SessionId id = signedIn(store, "alice");
    redis.raw().configSet("maxmemory", "1");
    try {
      assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
          .containsExactly(id.internal());
    } finally {
      redis.raw().configSet("maxmemory", "0");
    }
    assertThat(store.load(id)).isEmpty();
    SessionId other = signedIn(store, "alice");
    redis.raw().del(ended());
    redis.raw().set(ended(), "somebody else's");
    store.endAll("alice", "", EndReason.REVOKED);
    assertThat(store.load(other)).isEmpty();
    assertThat(store.claimEnded("one", CONFIRM, 10))
        .extracting(StoredSession::internal)
        .containsExactly(other.internal());
  }

  private static String ended() {
    return "shared-redis:shop:session:{0}:ended";
  }

  private static SessionId signedIn(SessionStore store, String user) {
    return create(store, first("cart", "mug").withOwner(new Owner.User(user)));
  }
}
