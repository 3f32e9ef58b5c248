package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever somebody else left under our keys: no session or no attribute, never an error. */
class BadSessionIT {

  private static final String PREFIX = "shared-redis:shop:session:{0}:";
  private static final List<String> NO_NUMBERS =
      List.of(
          "",
          "x",
          "nan",
          "inf",
          "-inf",
          "0x10",
          "1e300",
          "1.5",
          " 1",
          "+1",
          "9".repeat(15),
          "9".repeat(400),
          "-");

  private static SessionRedis redis;

  private final RedisSessionStore store = redis.store();

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.raw().flushall();
  }

  @Test
  void fieldThatIsNoNumberOfOursMakesTheHashNoSession() {
    for (String field : List.of("v", "c", "a", "t", "g")) {
      for (String value : NO_NUMBERS) {
        SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
        redis.raw().hset(key(id), field, value);
        String what = field + " = " + value;
        assertThat(store.load(id)).as(what).isEmpty();
        assertThat(store.save(id, 1, change("a", "2"))).as(what).isEqualTo(new SaveOutcome.Gone());
        assertThat(store.end(id, EndReason.SIGNED_OUT)).as(what).isEmpty();
        assertThat(store.list("alice", 0, 10).sessions()).as(what).isEmpty();
        assertThat(redis.raw().hget(key(id), "x:a")).as(what).startsWith("1:");
        redis.raw().flushall();
      }
    }
  }

  @Test
  void sessionOfANewerFormatIsNeitherReadNorReplacedAndEndsWhenToldTo() {
    SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
    redis.raw().hset(key(id), Map.of("v", "2", "y", "of that version"));
    Map<String, String> before = redis.raw().hgetall(key(id));
    assertThat(store.load(id)).isEmpty();
    assertThat(store.save(id, 1, change("a", "2"))).isEqualTo(new SaveOutcome.Gone());
    assertThatThrownBy(() -> store.create(id, Instant.EPOCH, first("a", "2")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.list("alice", 0, 10).sessions()).isEmpty();
    redis.age(id, Duration.ofHours(2));
    before.put("a", redis.raw().hget(key(id), "a"));
    assertThat(store.claimExpired("one", Duration.ofSeconds(5), 10)).isEmpty();
    assertThat(redis.raw().hgetall(key(id))).isEqualTo(before);
    assertThat(redis.raw().zrange(index("alice"), 0, -1)).containsExactly(id.internal());
    assertThat(store.endAll("alice", "", EndReason.REVOKED))
        .isEqualTo(new EndedSessions(List.of(id.internal()), false));
    assertThat(redis.raw().exists(key(id))).isZero();
  }

  @Test
  void versionsThatNeverWereAreNoSession() {
    for (String version : List.of("0", "-1", "2", "77777777777777")) {
      SessionId id = create(store, first("a", "1"));
      redis.raw().hset(key(id), "v", version);
      assertThat(store.load(id)).as(version).isEmpty();
      assertThat(store.save(id, 1, change("a", "2"))).isEqualTo(new SaveOutcome.Gone());
    }
  }

  @Test
  void largestNumbersThatAreTakenCanBeCountedOn() {
    String most = "9".repeat(13);
    for (String field : List.of("c", "a", "t", "g")) {
      SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
      redis.raw().hset(key(id), field, most);
      StoredSession session = store.load(id).orElseThrow();
      assertThat(store.save(id, session.generation(), change("a", "2")))
          .as(field)
          .isInstanceOf(SaveOutcome.Saved.class);
      assertThat(read(store.load(id).orElseThrow())).as(field).isEqualTo(Map.of("a", "2"));
    }
  }

  @Test
  void negativeNumbersAreAnOldTimeOrNeverAndNoError() {
    SessionId id = create(store, first("a", "1"));
    redis.raw().hset(key(id), "c", "-5");
    assertThat(store.load(id).orElseThrow().created()).isEqualTo(Instant.EPOCH);
    redis.raw().hset(key(id), "t", "-5");
    assertThat(store.load(id).orElseThrow().timeout()).isNegative();
    redis.raw().hset(key(id), "t", "1800000");
    redis.raw().hset(key(id), "a", "-5");
    assertThat(store.load(id)).isEmpty();
  }

  @Test
  void timeoutThatNoNumberHoldsIsTakenAsALongOne() {
    for (Duration timeout :
        List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(1), Duration.ofMillis(100))) {
      SessionId id = create(store, first("a", "1").withTimeout(timeout));
      assertThat(redis.raw().hget(key(id), "t")).isIn("3155760000000", "1", "100");
    }
    SessionId never = create(store, first("a", "1").withTimeout(Duration.ofSeconds(-77)));
    assertThat(store.load(never).orElseThrow().timeout()).isNegative();
  }

  @Test
  void formerIdWithBadNumbersDoesNotAnswer() {
    for (String value : List.of("", "1", "x:1", "9999999999999", ":", "9999999999999:x")) {
      assertNoFormer(value);
    }
    assertNoFormer("9999999999999:" + "9".repeat(400));
    assertNoFormer("9".repeat(400) + ":1");
    assertNoFormer("nan:1");
  }

  private void assertNoFormer(String value) {
    SessionId old = create(store, first("a", "1"));
    SessionId renewed = store.renewed(old);
    store.save(old, 1, change("a", "2").withNewId(renewed));
    redis.raw().hset(key(old), "o:" + old.check(), value);
    redis.raw().hset(key(old), "n", value);
    assertThat(store.load(old)).as(value).isEmpty();
    assertThat(store.save(old, 1, change("a", "3"))).isEqualTo(new SaveOutcome.Gone());
    SessionId third = store.renewed(renewed);
    assertThat(store.save(renewed, 2, change("a", "3").withNewId(third)))
        .as(value)
        .isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(store.load(third).orElseThrow())).isEqualTo(Map.of("a", "3"));
  }

  @Test
  void otherTypeInPlaceOfASessionIsNoSession() {
    SessionId id = store.newId();
    for (int i = 0; i < 4; i++) {
      redis.raw().flushall();
      occupy(key(id), i);
      assertThat(store.load(id)).isEmpty();
      assertThat(store.save(id, 1, change("a", "2"))).isEqualTo(new SaveOutcome.Gone());
      assertThat(store.end(id, EndReason.SIGNED_OUT)).isEmpty();
      assertThat(store.endByInternal(id.internal(), EndReason.REVOKED)).isEmpty();
      assertThat(store.endOf("alice", id.internal(), EndReason.REVOKED)).isEmpty();
      redis.raw().zadd(PREFIX + "expiry", 1, id.internal());
      redis.raw().zadd(index("alice"), Double.MAX_VALUE, id.internal());
      assertThat(store.list("alice", 0, 10).sessions()).isEmpty();
      assertThat(store.claimExpired("one", Duration.ofSeconds(5), 10)).hasSize(1);
      store.confirmExpired(List.of(id.internal()));
      redis.raw().zadd(index("alice"), Double.MAX_VALUE, id.internal());
      assertThat(store.endAll("alice", "", EndReason.REVOKED))
          .isEqualTo(new EndedSessions(List.of(), false));
      assertThat(redis.raw().exists(index("alice"))).isZero();
    }
  }

  @Test
  void hashThatSpringSessionLeftUnderOurKeyIsNoSessionAndGivesWay() {
    SessionId id = store.newId();
    redis.raw().hset(key(id), "lastAccessedTime", "1763805600000");
    redis.raw().hset(key(id), "sessionAttr:a", "\"poison\"");
    assertThat(store.load(id)).isEmpty();
    assertThat(store.create(id, Instant.EPOCH, first("a", "1")))
        .isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
    assertThat(redis.raw().hkeys(key(id))).doesNotContain("lastAccessedTime", "sessionAttr:a");
  }

  @Test
  void otherTypesInPlaceOfTheSetsGiveWay() {
    for (int i = 0; i < 3; i++) {
      redis.raw().flushall();
      occupy(PREFIX + "expiry", i);
      occupy(index("alice"), i);
      SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
      assertThat(store.list("alice", 0, 10).total()).isEqualTo(1);
      redis.raw().del(PREFIX + "expiry", index("alice"), PREFIX + "claimant");
      occupy(PREFIX + "expiry", i);
      occupy(index("alice"), i);
      occupy(PREFIX + "claimant", i == 0 ? 1 : i);
      redis.raw().hset(key(id), "a", Long.toString(System.currentTimeMillis() - 600_000));
      assertThat(store.load(id)).isPresent();
      assertThat(redis.raw().zcard(PREFIX + "expiry")).isEqualTo(1);
      assertThat(redis.raw().zcard(index("alice"))).isEqualTo(1);
      occupy(PREFIX + "expiry", i);
      assertThat(store.claimExpired("one", Duration.ofSeconds(5), 10)).isEmpty();
      occupy(PREFIX + "expiry", i);
      occupy(index("alice"), i);
      assertThat(store.end(id, EndReason.SIGNED_OUT)).isPresent();
      occupy(index("alice"), i);
      assertThat(store.endAll("alice", "", EndReason.REVOKED).internals()).isEmpty();
      occupy(index("alice"), i);
      assertThat(store.list("alice", 0, 10).sessions()).isEmpty();
    }
  }

  /** Each of these reads looks for the session in the index. */
  @Test
  void otherTypeInPlaceOfTheIndexOfAUserPoisonsNoneOfTheirSessions() {
    SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
    for (int i = 0; i < 3; i++) {
      occupy(index("alice"), i);
      assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
      assertThat(redis.raw().zrange(index("alice"), 0, -1)).containsExactly(id.internal());
      occupy(index("alice"), i);
      assertThat(store.save(id, 1, change("a", "1"))).isInstanceOf(SaveOutcome.Saved.class);
      assertThat(redis.raw().zrange(index("alice"), 0, -1)).containsExactly(id.internal());
    }
  }

  @Test
  void randomRubbishInAnyFieldIsNoError() {
    Random random = new Random(7);
    SessionId id = create(store, first("a", "1").withOwner(new Owner.User("alice")));
    store.save(id, 1, change("a", "2").withNewId(store.renewed(id)));
    Map<String, String> good = redis.raw().hgetall(key(id));
    List<String> fields = List.copyOf(good.keySet());
    for (int i = 0; i < 300; i++) {
      redis.raw().hset(key(id), good);
      String value = good.get(fields.get(random.nextInt(fields.size())));
      int cut = value.isEmpty() ? 0 : random.nextInt(value.length());
      String bad = random.nextBoolean() ? value.substring(cut) : value.substring(0, cut) + "\0";
      String field = fields.get(random.nextInt(fields.size()));
      redis.raw().hset(key(id), field, bad);
      String what = field + " = " + bad;
      store.load(id).ifPresent(BadSessionIT::openEverything);
      assertThat(store.save(id, 1, change("b", "3"))).as(what).isNotNull();
      store.list("alice", 0, 10).sessions().forEach(BadSessionIT::openEverything);
      assertThat(store.claimExpired("one", Duration.ofMillis(1), 10)).as(what).isNotNull();
    }
  }

  private static void openEverything(StoredSession session) {
    assertThat(session.created()).isNotNull();
    assertThat(session.timeout()).isNotNull();
    assertThat(session.lastAccess()).isNotNull();
    for (String name : session.names()) {
      try {
        assertThat(session.attribute(name)).isPresent();
      } catch (DataProtectionException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  private static void occupy(String key, int kind) {
    redis.raw().del(key);
    switch (kind) {
      case 0 -> redis.raw().set(key, "a text");
      case 1 -> redis.raw().rpush(key, "a list");
      case 2 -> redis.raw().hset(key, "a", "hash");
      default -> redis.raw().zadd(key, 1, "a set");
    }
  }

  private static String index(String user) {
    return PREFIX + "user:" + SessionId.userHash(user);
  }
}
