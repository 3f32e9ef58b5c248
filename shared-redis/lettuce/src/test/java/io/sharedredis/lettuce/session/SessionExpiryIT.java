package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.SharedTestRedis;
import java.time.Duration;
import java.time.Instant;
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

/** When sessions end by themselves, and who hears of it. */
@ParameterizedClass
@EnumSource
class SessionExpiryIT {

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
  void useIsWrittenOnceATouchIntervalAndOnlyThen() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofMinutes(2));
    String before = redis.raw().hget(key(id), "a");
    store.load(id);
    assertThat(redis.raw().hget(key(id), "a")).isEqualTo(before);
    redis.age(id, Duration.ofMinutes(1));
    store.load(id);
    assertThat(Long.parseLong(redis.raw().hget(key(id), "a")))
        .isGreaterThan(Long.parseLong(before));
    assertThat(redis.raw().zscore(expiry(), id.internal()))
        .isEqualTo(Double.parseDouble(redis.raw().hget(key(id), "a")) + 33 * 60_000);
  }

  @Test
  void clockThatWasSetBackDoesNotKeepASessionForEver() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofHours(-5));
    assertThat(store.load(id)).isPresent();
    assertThat(redis.raw().zscore(expiry(), id.internal()))
        .isLessThan(System.currentTimeMillis() + 34 * 60_000);
  }

  @Test
  void sessionLivesItsTimeoutAndATouchIntervalAtMostLonger() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofMinutes(32));
    assertThat(store.load(id)).isPresent();
    redis.age(id, Duration.ofMinutes(33).plusSeconds(1));
    assertThat(store.load(id)).isEmpty();
    assertThat(store.save(id, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
  }

  @Test
  void timeoutOfOneSessionCountsWhateverTheTouchIntervalIs() {
    SessionId id = create(store, first("a", "1").withTimeout(Duration.ofSeconds(10)));
    redis.age(id, Duration.ofSeconds(12));
    assertThat(store.load(id)).isEmpty();
    SessionId longer = create(store, first("a", "1").withTimeout(Duration.ofSeconds(10)));
    store.save(longer, 1, change().withTimeout(Duration.ofHours(1)));
    redis.age(longer, Duration.ofSeconds(12));
    assertThat(store.load(longer)).isPresent();
  }

  @Test
  void sessionThatIsNeverTooOldHasAnEndInRedisNevertheless() {
    SessionId id = create(store, first("a", "1").withTimeout(Duration.ofSeconds(-1)));
    redis.age(id, Duration.ofDays(300));
    assertThat(store.load(id).orElseThrow().timeout()).isNegative();
    assertThat(redis.raw().pttl(key(id))).isBetween(1L, Duration.ofDays(367).toMillis());
  }

  @Test
  void everyKeyHasAnEndOrIsBounded() {
    create(store, first("a", "1").withOwner(new SessionWrite.Owner.User("alice")));
    store.claimExpired("one", CONFIRM, 10);
    for (String name : redis.raw().keys("*")) {
      if (!name.equals(expiry())) {
        assertThat(redis.raw().pttl(name)).as(name).isPositive();
      }
    }
  }

  @Test
  void expiredSessionWhoseEndSomebodyWantedIsReportedWithItsLastUse() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofHours(1));
    String access = redis.raw().hget(key(id), "a");
    for (int i = 0; i < 2; i++) {
      assertThat(store.end(id, EndReason.SIGNED_OUT)).isEmpty();
      assertThat(redis.raw().hget(key(id), "a")).isEqualTo("-" + access);
    }
    StoredSession reported = store.claimExpired("one", CONFIRM, 10).get(0);
    assertThat(reported.lastAccess()).isEqualTo(Instant.ofEpochMilli(Long.parseLong(access)));
    assertThat(read(reported)).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void expiredSessionIsHandedToOneClaimantWithWhatWasInIt() {
    SessionId id = create(store, first("a", "1"));
    create(store, first("b", "2"));
    redis.age(id, Duration.ofHours(1));
    List<StoredSession> claimed = store.claimExpired("one", CONFIRM, 10);
    assertThat(claimed).hasSize(1);
    assertThat(claimed.get(0).id()).isEqualTo(id);
    assertThat(read(claimed.get(0))).isEqualTo(Map.of("a", "1"));
    assertThat(redis.store().claimExpired("two", CONFIRM, 10)).isEmpty();
    store.confirmExpired(List.of(id.internal()));
    assertThat(redis.raw().exists(key(id))).isZero();
    assertThat(redis.raw().zcard(expiry())).isEqualTo(1);
  }

  @Test
  void claimantThatDiesIsFollowedByAnother() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofHours(1));
    assertThat(store.claimExpired("one", Duration.ofMillis(100), 10)).hasSize(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(redis.store().claimExpired("two", CONFIRM, 10))
                    .extracting(StoredSession::internal)
                    .containsExactly(id.internal()));
  }

  @Test
  void sessionThatWasEvictedIsReportedWithoutContent() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofHours(1));
    redis.raw().del(key(id));
    List<StoredSession> claimed = store.claimExpired("one", CONFIRM, 10);
    assertThat(claimed).extracting(StoredSession::internal).containsExactly(id.internal());
    assertThat(claimed.get(0).names()).isEmpty();
    store.confirmExpired(List.of(id.internal()));
    assertThat(redis.raw().zcard(expiry())).isZero();
  }

  @Test
  void sessionWhoseEntryWasNotProlongedIsNotReported() {
    SessionId id = create(store, first("a", "1"));
    redis.raw().zadd(expiry(), 1, id.internal());
    assertThat(store.claimExpired("one", CONFIRM, 10)).isEmpty();
    store.confirmExpired(List.of(id.internal()));
    assertThat(store.load(id)).isPresent();
    assertThat(redis.raw().zscore(expiry(), id.internal())).isGreaterThan(1);
  }

  @Test
  void readingGoesOnWhileRedisIsFull() {
    SessionId id = create(store, first("a", "1"));
    redis.age(id, Duration.ofMinutes(10));
    redis.raw().configSet("maxmemory", "1");
    try {
      assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
    } finally {
      redis.raw().configSet("maxmemory", "0");
    }
  }

  private static String expiry() {
    return "shared-redis:shop:session:{0}:expiry";
  }
}
