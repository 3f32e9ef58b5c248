package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis takes no writes, for want of memory or of replicas, on each topology. */
@ParameterizedClass
@EnumSource
class UnwritableSessionIT {

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
  void fullRedisIsReadAndWrittenNowhereInPart() {
    refusesWrites("maxmemory", "1", "0", "OOM");
  }

  @Test
  void redisWithoutItsReplicasIsReadAndWrittenNowhereInPart() {
    refusesWrites("min-replicas-to-write", "9", "0", "NOREPLICAS");
  }

  private void refusesWrites(String setting, String refuses, String takes, String reason) {
    SessionWrite alice = first("cart", "mug").withOwner(new Owner.User("alice"));
    SessionId id = create(store, alice);
    SessionId guest = create(store, first("cart", "cup"));
    // Its use is to be written by the next read.
    redis.age(id, Duration.ofMinutes(10));
    Map<String, String> before = everything();
    redis.raw().configSet(setting, refuses);
    try {
      assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("cart", "mug"));
      SessionWrite signIn =
          change("user", "alice")
              .withOwner(new Owner.User("alice"))
              .withNewId(store.renewed(guest));
      for (ThrowingCallable write :
          List.<ThrowingCallable>of(
              () -> store.save(id, 1, change("cart", "cup", "note", "1")),
              () -> store.save(guest, 1, signIn),
              () -> store.create(store.newId(), Instant.EPOCH, alice))) {
        assertThatThrownBy(write).isInstanceOf(RedisException.class).hasMessageContaining(reason);
      }
    } finally {
      redis.raw().configSet(setting, takes);
    }
    assertThat(everything()).isEqualTo(before);
    assertThat(store.save(id, 1, change("cart", "cup"))).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(store.load(guest).orElseThrow())).isEqualTo(Map.of("cart", "cup"));
  }

  /** All keys with what they hold, and nothing of when it ends. */
  private static Map<String, String> everything() {
    Map<String, String> everything = new TreeMap<>();
    for (String key : redis.raw().keys("*")) {
      everything.put(
          key,
          redis.raw().type(key).equals("hash")
              ? new TreeMap<>(redis.raw().hgetall(key)).toString()
              : redis.raw().zrangeWithScores(key, 0, -1).toString());
    }
    return everything;
  }
}
