package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the first version left of a session that was ended from elsewhere, and of one that came from
 * elsewhere, byte for byte. Never made again: a replica of the previous version reports what this
 * one has ended, and the other way round.
 */
class SessionEndsGoldenIT {

  private static final Duration CONFIRM = Duration.ofSeconds(30);

  private static SessionRedis redis;
  private static RedisClient client;
  private static RedisCommands<byte[], byte[]> raw;
  private static DataProtection protection;
  private static final Map<String, String> golden = new HashMap<>();
  private static final Map<String, byte[]> fields = new HashMap<>();

  private final RedisSessionStore store = redis.store(redis.options(), protection);
  private final SessionId id = SessionId.parse(golden.get("id")).orElseThrow();
  private final String internal = golden.get("end").split("\t")[0];

  @BeforeAll
  static void start() throws Exception {
    read("session-v1.txt");
    read("session-ends-v1.txt");
    golden.forEach(
        (name, value) -> {
          if (name.startsWith("field:")) {
            fields.put(name.substring(6), Base64.getDecoder().decode(value));
          }
        });
    InMemoryKeyRepository ring = new InMemoryKeyRepository();
    ring.store(new KeyItem(golden.get("key"), "recorded"));
    protection =
        DataProtection.open(DataProtectionOptions.builder().applicationName("shop").build(), ring);
    redis = new SessionRedis();
    client = RedisClient.create(redis.uri());
    raw = client.connect(ByteArrayCodec.INSTANCE).sync();
  }

  private static void read(String name) throws IOException {
    try (InputStream file = SessionEndsGoldenIT.class.getResourceAsStream(name)) {
      for (String line : new String(file.readAllBytes(), UTF_8).split("\n")) {
        golden.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1));
      }
    }
  }

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
    protection.close();
  }

  @BeforeEach
  void empty() {
    redis.raw().flushall();
  }

  @Test
  void endThatTheFirstVersionLeftIsReportedAndThenGone() {
    put(golden.get("ended"));
    redis
        .raw()
        .zadd(golden.get("ends"), Double.parseDouble(golden.get("end").split("\t")[1]), internal);
    List<StoredSession> claimed = store.claimEnded("one", CONFIRM, 10);
    assertThat(claimed).extracting(StoredSession::internal).containsExactly(internal);
    assertThat(claimed.get(0).id()).isEqualTo(id);
    assertThat(SessionRedis.read(claimed.get(0)))
        .isEqualTo(Map.of("cart", "2 mugs", "user", "alice", "naïve name", "naïve value"));
    store.confirmEnded(List.of(internal));
    assertThat(redis.raw().exists(golden.get("ended"), golden.get("ends"))).isZero();
  }

  @Test
  void endIsLeftTodayAsTheFirstVersionLeftIt() {
    put(SessionRedis.key(id));
    raw.hset(bytes(SessionRedis.key(id)), bytes("a"), bytes("" + System.currentTimeMillis()));
    assertThat(store.endByInternal(internal, EndReason.REVOKED)).isPresent();
    assertThat(redis.raw().keys("*"))
        .containsExactlyInAnyOrder(golden.get("ended"), golden.get("ends"));
    Map<byte[], byte[]> left = raw.hgetall(bytes(golden.get("ended")));
    assertThat(left).hasSameSizeAs(fields);
    left.forEach(
        (name, value) -> {
          String field = new String(name, UTF_8);
          if (!field.equals("a")) {
            assertThat(value).as(field).isEqualTo(fields.get(field));
          }
        });
    assertThat(redis.raw().zrange(golden.get("ends"), 0, -1)).containsExactly(internal);
    double day = Duration.ofDays(1).toMillis();
    assertThat(redis.raw().zscore(golden.get("ends"), internal) - System.currentTimeMillis())
        .isBetween(-day, day);
  }

  @Test
  void whatTheFirstVersionRememberedOfASessionFromElsewhereIsUnderstood() {
    SessionId moved = SessionId.standingFor(golden.get("former"));
    redis.raw().set(golden.get("moved"), golden.get("since"));
    assertThat(store.move(moved)).isEqualTo(Move.ABANDONED);
    redis.raw().set(golden.get("moved"), golden.get("done"));
    assertThat(store.move(moved)).isEqualTo(Move.DONE);
    assertThatThrownBy(() -> moveHere(moved)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sessionFromElsewhereIsRememberedTodayAsTheFirstVersionDid() {
    SessionId moved = SessionId.standingFor(golden.get("former"));
    assertThat(moveHere(moved)).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(redis.raw().get(golden.get("moved")))
        .hasSameSizeAs(golden.get("since"))
        .containsOnlyDigits();
    assertThat(redis.raw().pttl(golden.get("moved"))).isPositive();
    store.moveDone(moved);
    assertThat(redis.raw().get(golden.get("moved"))).isEqualTo(golden.get("done"));
  }

  private SaveOutcome moveHere(SessionId moved) {
    SessionWrite whole = SessionRedis.first("cart", "mug");
    return store.createMoved(moved, Instant.EPOCH, whole, Duration.ofHours(1));
  }

  private static void put(String key) {
    fields.forEach((name, value) -> raw.hset(bytes(key), bytes(name), value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
