package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.crypto.DotNetTicks;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Entries of ASP.NET Core's distributed cache, in the layout of its public source. */
class DotnetSessionCacheIT {

  /** A busy machine is no Redis that is away. */
  private static final RedisDeadlines PATIENT =
      new RedisDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));

  private static final String KEY = "6a48f5e1-17b6-976f-6a6c-3f33b6563f52";
  private static final String NAME = "shop:" + KEY;
  private static final String TWENTY_MINUTES = "12000000000";

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static DotnetSessionCache cache;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    network = new RedisNetwork(PATIENT);
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(10, TimeUnit.SECONDS);
    cache = new DotnetSessionCache(link, "shop:", Duration.ofMinutes(20), 1000);
  }

  @AfterAll
  static void stop() {
    link.close();
    network.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void entryIsWrittenAsDotnetWritesItAndHasAnEnd() {
    cache.write(KEY, "data".getBytes(UTF_8));
    assertThat(raw.hgetall(NAME))
        .isEqualTo(Map.of("absexp", "-1", "sldexp", TWENTY_MINUTES, "data", "data"));
    assertThat(raw.ttl(NAME)).isBetween(1100L, 1200L);
    assertThat(cache.read(KEY))
        .hasValueSatisfying(data -> assertThat(data).asString().isEqualTo("data"));
    cache.remove(KEY);
    assertThat(raw.exists(NAME)).isZero();
    assertThat(cache.read(KEY)).isEmpty();
  }

  @Test
  void readingProlongsByWhatDotnetWroteAndNotBeyondAnAbsoluteEnd() {
    entry("-1", TWENTY_MINUTES);
    assertThat(cache.read(KEY)).isPresent();
    assertThat(raw.ttl(NAME)).isBetween(1100L, 1200L);
    Instant inAMinute = Instant.now().plusSeconds(60);
    entry(Long.toString(DotNetTicks.of(inAMinute)), TWENTY_MINUTES);
    assertThat(cache.read(KEY)).isPresent();
    assertThat(raw.pttl(NAME)).isBetween(31_000L, 60_000L);
    entry("-1", "-1");
    assertThat(cache.read(KEY)).isPresent();
    assertThat(raw.ttl(NAME)).as("as it was").isBetween(1L, 30L);
    entry(Long.toString(DotNetTicks.of(Instant.EPOCH.plusSeconds(1))), TWENTY_MINUTES);
    assertThat(cache.read(KEY)).as("the last one").isPresent();
    assertThat(cache.read(KEY)).isEmpty();
  }

  @Test
  void entryMovesWithAllThatItHolds() {
    String other = KEY.replace('6', '7');
    cache.write(KEY, new byte[] {0, 1, -1});
    cache.move(KEY, other);
    assertThat(cache.read(KEY)).isEmpty();
    assertThat(cache.read(other))
        .hasValueSatisfying(data -> assertThat(data).containsExactly(0, 1, -1));
    cache.move(KEY, other);
    assertThat(cache.read(other)).as("nothing is moved over it").isPresent();
    cache.remove(other);
  }

  @Test
  void entryThatMovesKeepsTheExpirationThatDotnetGaveIt() {
    String other = KEY.replace('6', '7');
    entry("-1", "36000000000");
    cache.move(KEY, other);
    String moved = NAME.replace('6', '7');
    assertThat(raw.hget(moved, "sldexp")).isEqualTo("36000000000");
    assertThat(raw.ttl(moved)).isBetween(1L, 30L);
    cache.remove(other);
  }

  @Test
  void entryIsRemovedOnlyIfNobodyHasUsedItForSoLong() {
    entry("-1", TWENTY_MINUTES);
    raw.expire(NAME, Duration.ofMinutes(11).toSeconds());
    cache.removeIdle(KEY, Duration.ofMinutes(10));
    assertThat(raw.exists(NAME)).as("used nine minutes ago").isEqualTo(1);
    raw.expire(NAME, Duration.ofMinutes(9).toSeconds());
    cache.removeIdle(KEY, Duration.ofMinutes(10));
    assertThat(raw.exists(NAME)).as("used eleven minutes ago").isZero();
    cache.removeIdle(KEY, Duration.ofMinutes(10));
    raw.hset(NAME, Map.of("absexp", "-1", "sldexp", "-1", "data", "data"));
    cache.removeIdle(KEY, Duration.ofMinutes(10));
    assertThat(raw.exists(NAME)).as("nobody knows").isZero();
    raw.rpush(NAME, "a list");
    cache.removeIdle(KEY, Duration.ofMinutes(10));
    assertThat(raw.exists(NAME)).as("none of .NET's").isEqualTo(1);
    raw.del(NAME);
  }

  @Test
  void somethingElseUnderTheKeyIsNoSession() {
    raw.del(NAME);
    raw.rpush(NAME, "a list");
    assertThat(cache.read(KEY)).isEmpty();
    raw.del(NAME);
    raw.hset(NAME, Map.of("sldexp", "soon"));
    assertThat(cache.read(KEY)).isEmpty();
    raw.del(NAME);
  }

  @Test
  void sessionThatIsTooLargeIsAnErrorBeforeRedisIsAsked() {
    assertThatThrownBy(() -> cache.write("large", new byte[1001]))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessageContaining("1001")
        .hasMessageContaining("at most 1000");
    assertThat(raw.exists("shop:large")).isZero();
  }

  private static void entry(String absolute, String sliding) {
    raw.del(NAME);
    raw.hset(NAME, Map.of("absexp", absolute, "sldexp", sliding, "data", "data"));
    raw.expire(NAME, 30);
  }
}
