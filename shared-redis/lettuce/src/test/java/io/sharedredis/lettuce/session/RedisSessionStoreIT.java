package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.lettuce.SharedTestRedis;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One session through its life. */
@ParameterizedClass
@EnumSource
class RedisSessionStoreIT {

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

  @Test
  void sessionOfOneReplicaIsReadOnAnother() {
    SessionId id = create(store, first("cart", "2 mugs").withDetails(new byte[] {1, 2}));
    StoredSession session = redis.store().load(id).orElseThrow();
    assertThat(read(session)).isEqualTo(Map.of("cart", "2 mugs"));
    assertThat(session.created()).isEqualTo(Instant.ofEpochMilli(1_763_805_600_000L));
    assertThat(session.timeout()).isEqualTo(SessionRedis.TIMEOUT);
    assertThat(session.lastAccess()).isAfter(Instant.ofEpochMilli(1_763_805_600_000L));
    assertThat(session.generation()).isEqualTo(1);
    assertThat(session.details()).hasValue(new byte[] {1, 2});
    assertThat(session.id()).isEqualTo(id);
    assertThat(session.former()).isFalse();
  }

  @Test
  void idThatNobodyHasIsNoSession() {
    assertThat(store.load(store.newId())).isEmpty();
    assertThat(store.end(store.newId(), EndReason.SIGNED_OUT)).isEmpty();
    assertThat(store.save(store.newId(), 1, change("a", "1"))).isInstanceOf(SaveOutcome.Gone.class);
  }

  @Test
  void guessOfTheSecondHalfIsNoSession() {
    SessionId id = create(store, first("a", "1"));
    SessionId guess = store.renewed(id);
    assertThat(store.load(guess)).isEmpty();
    assertThat(store.save(guess, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
    assertThat(store.end(guess, EndReason.SIGNED_OUT)).isEmpty();
    assertThat(store.load(id)).isPresent();
  }

  @Test
  void idOfALivingSessionIsNotGivenTwice() {
    SessionId id = create(store, first("a", "1"));
    assertThatThrownBy(() -> store.create(id, Instant.EPOCH, first("a", "2")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void attributesWrittenByParallelRequestsBothSurvive() {
    SessionId id = create(store, first("both", "0"));
    assertThat(store.save(id, 1, change("left", "1"))).isEqualTo(saved(2, false));
    assertThat(store.save(id, 1, change("right", "2"))).isEqualTo(saved(3, false));
    assertThat(read(store.load(id).orElseThrow()))
        .isEqualTo(Map.of("both", "0", "left", "1", "right", "2"));
  }

  @Test
  void lastOfTwoWritesOfOneAttributeStaysAndTheConflictIsSeen() {
    SessionId id = create(store, first("count", "0"));
    assertThat(store.save(id, 1, change("count", "1"))).isEqualTo(saved(2, false));
    assertThat(store.save(id, 1, change("count", "one"))).isEqualTo(saved(3, true));
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("count", "one"));
  }

  @Test
  void removedAttributeLeavesNothingBehind() {
    SessionId id = create(store, first("a", "1", "b", "2"));
    assertThat(store.save(id, 1, SessionWrite.of(Map.of(), Set.of("a", "never"))))
        .isEqualTo(saved(2, false));
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("b", "2"));
    assertThat(redis.raw().hkeys(key(id))).contains("x:b").doesNotContain("x:a");
  }

  @Test
  void sessionThatEndedInFlightIsNotBroughtBack() {
    SessionId id = create(store, first("a", "1"));
    assertThat(read(store.end(id, EndReason.SIGNED_OUT).orElseThrow())).isEqualTo(Map.of("a", "1"));
    assertThat(store.save(id, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
    assertThat(redis.raw().exists(key(id))).isZero();
  }

  @Test
  void sessionThatWasEvictedInFlightIsNotBroughtBackInPart() {
    SessionId id = create(store, first("a", "1"));
    redis.raw().del(key(id));
    assertThat(store.save(id, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
    assertThat(redis.raw().exists(key(id))).isZero();
    assertThat(store.load(id)).isEmpty();
  }

  @Test
  void hashThatLacksItsOwnFieldsIsNoSessionAndNoError() {
    for (String lost : Set.of("v", "c", "a", "t", "id")) {
      SessionId id = create(store, first("a", "1"));
      redis.raw().hdel(key(id), lost);
      assertThat(store.load(id)).as(lost).isEmpty();
      assertThat(store.save(id, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
      redis.raw().hset(key(id), lost, "no number");
      assertThat(store.load(id)).as(lost).isEmpty();
    }
  }

  @Test
  void sessionOfANewerFormatIsLeftAlone() {
    SessionId id = create(store, first("a", "1"));
    redis.raw().hset(key(id), "v", "2");
    Map<String, String> before = redis.raw().hgetall(key(id));
    assertThat(store.load(id)).isEmpty();
    assertThat(store.save(id, 1, change("a", "2"))).isInstanceOf(SaveOutcome.Gone.class);
    redis.age(id, Duration.ofHours(2));
    assertThat(store.claimExpired("one", Duration.ofSeconds(5), 100))
        .extracting(StoredSession::internal)
        .doesNotContain(id.internal());
    before.put("a", redis.raw().hget(key(id), "a"));
    assertThat(redis.raw().hgetall(key(id))).isEqualTo(before);
  }

  @Test
  void fieldsThatANewerVersionAddsAreKept() {
    SessionId id = create(store, first("a", "1"));
    redis.raw().hset(key(id), "z:new", "value");
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
    store.save(id, 1, change("a", "2").withNewId(store.renewed(id)));
    assertThat(redis.raw().hget(key(id), "z:new")).isEqualTo("value");
  }

  @Test
  void valueMovedToAnotherSessionOrAttributeDoesNotOpen() {
    SessionId alice = create(store, first("who", "alice", "what", "mug"));
    SessionId mallory = create(store, first("who", "mallory"));
    redis.raw().hset(key(mallory), "x:who", redis.raw().hget(key(alice), "x:who"));
    redis.raw().hset(key(alice), "x:what", redis.raw().hget(key(alice), "x:who"));
    StoredSession forged = store.load(mallory).orElseThrow();
    assertThatThrownBy(() -> forged.attribute("who")).isInstanceOf(DataProtectionException.class);
    StoredSession swapped = store.load(alice).orElseThrow();
    assertThatThrownBy(() -> swapped.attribute("what")).isInstanceOf(DataProtectionException.class);
    assertThat(swapped.attribute("who")).isPresent();
  }

  @Test
  void whoReadsRedisFindsNeitherValuesNorIdsNorUsers() {
    SessionId id =
        create(
            store, first("a", "very secret text").withOwner(new SessionWrite.Owner.User("alice")));
    StringBuilder everything = new StringBuilder();
    for (String name : redis.raw().keys("*")) {
      everything.append(name).append('\n');
      if (redis.raw().type(name).equals("hash")) {
        everything.append(redis.raw().hgetall(name));
      } else if (redis.raw().type(name).equals("zset")) {
        everything.append(redis.raw().zrange(name, 0, -1));
      }
    }
    assertThat(everything.toString())
        .contains(id.internal())
        .doesNotContain("secret")
        .doesNotContain("alice")
        .doesNotContain(id.text())
        .doesNotContain(id.text().substring(2, 18))
        .doesNotContain(id.text().substring(18));
  }

  @Test
  void attributeThatIsTooLargeIsRefusedBeforeRedisIsAsked() {
    RedisSessionStore small = redis.store(redis.options().withAttributeLimits(14, 2));
    SessionId id = create(store, first("a", "1"));
    assertThatThrownBy(() -> small.save(id, 1, change("note", "x".repeat(11), "b", "2")))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessage("session attribute 'note' takes 15 bytes with its name; at most 14 are kept");
    assertThatThrownBy(() -> small.save(id, 1, change("b", "2", "c", "3", "d", "4")))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessageContaining("at most 2");
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
  }

  static SaveOutcome saved(long generation, boolean conflict) {
    return new SaveOutcome.Saved(generation, conflict, List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "create", "save", "end", "end-user", "list"})
  void scriptsOfRequestsAreKnownToRedisBeforeTheirFirstUse(String script) throws Exception {
    String digest = redis.raw().digest(text("common") + text(script));
    redis.raw().scriptFlush();
    RedisSessionStore unused = redis.store();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> redis.raw().scriptExists(digest).get(0));
  }

  private static String text(String script) throws IOException {
    try (InputStream file = RedisSessionStore.class.getResourceAsStream(script + ".lua")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
