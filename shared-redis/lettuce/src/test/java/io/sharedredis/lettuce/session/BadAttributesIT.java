package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that were not sealed for their place, and more than a session takes. */
class BadAttributesIT {

  private static SessionRedis redis;
  private static RedisClient client;

  private final RedisSessionStore store = redis.store();

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis();
    client = RedisClient.create(redis.uri());
  }

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.raw().flushall();
  }

  @Test
  void valueOfAnotherApplicationVersionKeyOrPlaceDoesNotOpen() {
    SessionId id = create(store, first("a", "1", "b", "2").withDetails(new byte[] {1}));
    String sealed = redis.raw().hget(key(id), "x:a");
    redis.raw().hset(key(id), "x:b", sealed);
    redis.raw().hset(key(id), "i", sealed.substring(2));
    redis.raw().hset(key(id), "d", sealed.substring(2));
    redis.raw().hset(key(id), "x:c", sealed.substring(0, sealed.length() / 2));
    redis.raw().hset(key(id), "x:d", "1:");
    StoredSession swapped = store.load(id).orElseThrow();
    assertThat(swapped.attribute("a")).isPresent();
    for (String name : List.of("b", "c", "d")) {
      assertThatThrownBy(() -> swapped.attribute(name))
          .as(name)
          .isInstanceOf(DataProtectionException.class);
    }
    assertThatThrownBy(swapped::id).isInstanceOf(DataProtectionException.class);
    assertThatThrownBy(swapped::details).isInstanceOf(DataProtectionException.class);
    try (DataProtection other = DataProtection.ephemeral()) {
      StoredSession foreign = redis.store(redis.options(), other).load(id).orElseThrow();
      assertThatThrownBy(() -> foreign.attribute("a")).isInstanceOf(DataProtectionException.class);
    }
    Map<String, String> hash = redis.raw().hgetall(key(id));
    redis.raw().hset(key(id).replace(":shop:", ":office:"), hash);
    RedisSessionStore office = redis.store(SessionStoreOptions.of("office"), redis.protection);
    StoredSession copied = office.load(id).orElseThrow();
    assertThatThrownBy(() -> copied.attribute("a")).isInstanceOf(DataProtectionException.class);
  }

  @Test
  void generationsThatCannotBeHideTheirAttributesOnly() {
    SessionId id = create(store, first("a", "1", "b", "2"));
    String sealed = redis.raw().hget(key(id), "x:b").substring(2);
    for (String bad : List.of("", "-1:", "x:", "9".repeat(16) + ":", "1e3:", "1")) {
      redis.raw().hset(key(id), "x:b", bad + (bad.equals("1") ? "" : sealed));
      assertThat(read(store.load(id).orElseThrow())).as(bad).isEqualTo(Map.of("a", "1"));
    }
    assertThat(store.save(id, 1, change("b", "3"))).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(store.load(id).orElseThrow())).containsEntry("b", "3");
  }

  @Test
  void attributesBeyondTheLimitAreRefusedHoweverTheyCame() {
    Map<String, byte[]> many = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      many.put("n" + i, new byte[] {1});
    }
    assertThatThrownBy(
            () ->
                store.create(
                    store.newId(),
                    Instant.EPOCH,
                    SessionWrite.of(many, Set.of()).withTimeout(SessionRedis.TIMEOUT)))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessage("the session would have 10000 attributes; at most 1000 are kept");
    RedisSessionStore three = redis.store(redis.options().withAttributeLimits(100, 3));
    SessionId id = create(three, first("a", "1", "b", "2"));
    assertThatThrownBy(() -> three.save(id, 1, change("b", "3", "c", "4", "d", "5")))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessage("the session would have 4 attributes; at most 3 are kept");
    assertThat(read(three.load(id).orElseThrow())).isEqualTo(Map.of("a", "1", "b", "2"));
    SessionWrite exchange = SessionWrite.of(change("c", "4", "d", "5").set(), Set.of("a"));
    assertThat(three.save(id, 1, exchange)).isInstanceOf(SaveOutcome.Saved.class);
    assertThatThrownBy(() -> three.save(id, 1, change("e", "6")))
        .isInstanceOf(SessionTooLargeException.class);
    // Where the limit was lowered the session lives, and may shrink.
    RedisSessionStore one = redis.store(redis.options().withAttributeLimits(100, 1));
    assertThat(one.save(id, 2, SessionWrite.of(Map.of(), Set.of("b"))))
        .isInstanceOf(SaveOutcome.Saved.class);
    assertThat(read(one.load(id).orElseThrow())).isEqualTo(Map.of("c", "4", "d", "5"));
  }

  @Test
  void fiveMegabytesOrTenThousandAttributesAreAnErrorBeforeRedisIsAsked() {
    SessionId id = create(store, first("a", "1"));
    Map<String, byte[]> large = Map.of("report", new byte[5 << 20]);
    Map<String, byte[]> many = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      many.put("n" + i, new byte[] {1});
    }
    long asked = scripts();
    for (Map<String, byte[]> values : List.of(large, many)) {
      String reason =
          values.size() == 1
              ? "session attribute 'report' takes 5242886 bytes with its name; at most 1048576 are kept"
              : "the session would have 10000 attributes; at most 1000 are kept";
      SessionWrite write = SessionWrite.of(values, Set.of());
      assertThatThrownBy(() -> store.save(id, 1, write))
          .isInstanceOf(SessionTooLargeException.class)
          .hasMessage(reason);
      SessionWrite begin = write.withTimeout(SessionRedis.TIMEOUT);
      assertThatThrownBy(() -> store.create(store.newId(), Instant.EPOCH, begin))
          .isInstanceOf(SessionTooLargeException.class)
          .hasMessage(reason);
    }
    assertThat(scripts()).isEqualTo(asked);
    assertThat(read(store.load(id).orElseThrow())).isEqualTo(Map.of("a", "1"));
    assertThat(scripts()).as("the counter counts").isEqualTo(asked + 1);
  }

  private static long scripts() {
    return redis
        .raw()
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_eval"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  @Test
  void nameCountsForTheSizeOfAnAttribute() {
    RedisSessionStore small = redis.store(redis.options().withAttributeLimits(200, 10));
    assertThatThrownBy(() -> create(small, first("n".repeat(300), "1")))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessage(
            "session attribute '"
                + "n".repeat(100)
                + "...' takes 301 bytes with its name; at most 200 are kept");
  }

  /** As a version writes it that seals in another way: it will want to read it again. */
  @Test
  void valueOfAnotherFormatDoesNotOpenAndIsLeftAsItIs() {
    SessionId id = create(store, first("a", "1", "b", "2").withDetails(new byte[] {1}));
    byte[] sealed =
        redis
            .protection
            .protector("SharedRedis.Session", "v2", SessionRedis.APPLICATION)
            .protectUnder("3".getBytes(UTF_8), id.internal(), "attribute", "b");
    byte[] key = key(id).getBytes(UTF_8);
    byte[] field = "x:b".getBytes(UTF_8);
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      var raw = connection.sync();
      for (byte[] other : List.of(sealed, otherMarker(sealed))) {
        byte[] stored = concat("1:".getBytes(UTF_8), other);
        raw.hset(key, field, stored);
        StoredSession session = store.load(id).orElseThrow();
        assertThatThrownBy(() -> session.attribute("b"))
            .isInstanceOf(DataProtectionException.class);
        assertThat(session.attribute("a")).isPresent();
        SaveOutcome saved = store.save(id, session.generation(), change("a", "2"));
        assertThat(saved).isInstanceOf(SaveOutcome.Saved.class);
        assertThat(raw.hget(key, field)).as("not destroyed").isEqualTo(stored);
      }
    }
  }

  /** The first bytes say how it is sealed. */
  private static byte[] otherMarker(byte[] sealed) {
    byte[] other = sealed.clone();
    other[3]++;
    return other;
  }

  private static byte[] concat(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  /**
   * What is sealed says for which place, not when: who may write to Redis can put an attribute back
   * to what it was in the same session, or remove it, and nothing else.
   */
  @Test
  void formerValueThatIsPutBackOpensInItsOwnSessionOnly() {
    SessionId id = create(store, first("role", "admin"));
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      var raw = connection.sync();
      byte[] key = key(id).getBytes(UTF_8);
      byte[] field = "x:role".getBytes(UTF_8);
      byte[] former = raw.hget(key, field);
      SessionId renewed = store.renewed(id);
      store.save(id, 1, change("role", "guest").withNewId(renewed));
      raw.hset(key, field, former);
      assertThat(read(store.load(renewed).orElseThrow()))
          .as("not prevented, not even by another id")
          .isEqualTo(Map.of("role", "admin"));
      store.end(renewed, EndReason.SIGNED_OUT);
      SessionId next = create(store, first("role", "guest"));
      raw.hset(key(next).getBytes(UTF_8), field, former);
      StoredSession another = store.load(next).orElseThrow();
      assertThatThrownBy(() -> another.attribute("role"))
          .as("prevented: of a session that has ended, in the next one")
          .isInstanceOf(DataProtectionException.class);
    }
  }

  /** All of it at once, as a backup of Redis would bring it back. */
  @Test
  void sessionThatIsPutBackAsAWholeLivesAgainUntilItExpires() {
    SessionId id = create(store, first("a", "1"));
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      var raw = connection.sync();
      byte[] key = key(id).getBytes(UTF_8);
      Map<byte[], byte[]> former = raw.hgetall(key);
      store.end(id, EndReason.SIGNED_OUT);
      raw.hset(key, former);
      assertThat(store.load(id)).as("not prevented").isPresent();
      redis.raw().hset(key(id), "a", Long.toString(System.currentTimeMillis() - 3_600_000));
      assertThat(store.load(id)).isEmpty();
    }
  }
}
