package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A session as the first version wrote it, with the key of its ring. Recorded once, never made
 * again: what a replica of the previous version wrote is read by this one, and the other way round.
 */
class SessionGoldenIT {

  private static SessionRedis redis;
  private static RedisClient client;

  private final Map<String, String> golden = new HashMap<>();
  private final RedisCommands<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE).sync();

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
  void read() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("session-v1.txt")) {
      for (String line : new String(file.readAllBytes(), UTF_8).split("\n")) {
        golden.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1));
      }
    }
  }

  @Test
  void sessionThatTheFirstVersionWroteIsReadAndChanged() {
    SessionId id = SessionId.parse(golden.get("id")).orElseThrow();
    SessionId former = SessionId.parse(golden.get("former")).orElseThrow();
    byte[] key = SessionRedis.key(id).getBytes(UTF_8);
    golden.forEach(
        (name, value) -> {
          if (name.startsWith("field:")) {
            raw.hset(key, name.substring(6).getBytes(UTF_8), Base64.getDecoder().decode(value));
          }
        });
    // Recorded long ago, used just now.
    String now = Long.toString(System.currentTimeMillis());
    raw.hset(key, "a".getBytes(UTF_8), now.getBytes(UTF_8));
    String ends = System.currentTimeMillis() + 60_000 + ":1";
    raw.hset(key, ("o:" + former.check()).getBytes(UTF_8), ends.getBytes(UTF_8));

    InMemoryKeyRepository ring = new InMemoryKeyRepository();
    ring.store(new KeyItem(golden.get("key"), "recorded"));
    try (DataProtection protection =
        DataProtection.open(
            DataProtectionOptions.builder().applicationName("shop").build(), ring)) {
      RedisSessionStore store = redis.store(redis.options(), protection);
      StoredSession session = store.load(id).orElseThrow();
      assertThat(SessionRedis.read(session))
          .isEqualTo(Map.of("cart", "2 mugs", "user", "alice", "naïve name", "naïve value"));
      assertThat(session.id()).isEqualTo(id);
      assertThat(session.created()).isEqualTo(Instant.parse("2025-11-22T10:00:00Z"));
      assertThat(session.timeout()).isEqualTo(Duration.ofMinutes(30));
      assertThat(session.generation()).isEqualTo(2);
      assertThat(session.details().map(bytes -> new String(bytes, UTF_8))).hasValue("a browser");
      assertThat(SessionRedis.read(store.load(former).orElseThrow()))
          .isEqualTo(Map.of("cart", "2 mugs", "user", "guest"));
      assertThat(
              store.save(id, 2, SessionWrite.of(SessionRedis.values("cart", "3"), Set.of("user"))))
          .isEqualTo(new SaveOutcome.Saved(3, false, List.of()));
      assertThat(SessionRedis.read(store.load(id).orElseThrow()))
          .isEqualTo(Map.of("cart", "3", "naïve name", "naïve value"));
    }
  }

  @Test
  void sessionWrittenTodayHasTheFieldsOfTheFirstVersion() {
    RedisSessionStore store = redis.store();
    SessionId id = SessionRedis.create(store, recorded());
    store.save(id, 1, signIn(store, id));
    Set<String> recorded = new TreeSet<>();
    golden.keySet().stream()
        .filter(name -> name.startsWith("field:"))
        .map(name -> name.substring(6).replaceFirst("^o:.*", "o:"))
        .forEach(recorded::add);
    assertThat(redis.raw().hkeys(SessionRedis.key(id)))
        .extracting(name -> name.replaceFirst("^o:.*", "o:"))
        .containsExactlyInAnyOrderElementsOf(recorded);
  }

  static SessionWrite recorded() {
    return SessionRedis.first("cart", "2 mugs", "user", "guest")
        .withDetails("a browser".getBytes(UTF_8));
  }

  static SessionWrite signIn(RedisSessionStore store, SessionId id) {
    return SessionRedis.change("user", "alice", "naïve name", "naïve value")
        .withNewId(store.renewed(id))
        .withOwner(new SessionWrite.Owner.User("alice"));
  }
}
