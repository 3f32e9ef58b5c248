package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.sharedredis.dataprotection.crypto.DotNetTicks;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisLink;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries of ASP.NET Core's distributed cache, in the layout of its public source. */
@ParameterizedClass
@EnumSource
class DotnetSessionCacheIT {

  private static final String KEY = "6a48f5e1-17b6-976f-6a6c-3f33b6563f52";

  /** In a cluster, in another slot than the first. */
  private static final String OTHER = KEY.replace('6', '7');

  private static final String NAME = "shop:" + KEY;
  private static final String OTHER_NAME = "shop:" + OTHER;
  private static final String TWENTY_MINUTES = "12000000000";

  private static SessionRedis redis;
  private static RedisLink<byte[], byte[]> link;
  private static DotnetSessionCache cache;
  private static RedisClient client;
  private static RedisClient otherClient;
  private static RedisCommands<String, String> raw;
  private static RedisCommands<String, String> otherRaw;

  @Parameter SharedTestRedis topology;

  @BeforeParameterizedClassInvocation
  static void start(SharedTestRedis topology) throws Exception {
    redis = new SessionRedis(topology);
    client = RedisClient.create(topology.holding(NAME));
    raw = client.connect().sync();
    otherClient = RedisClient.create(topology.holding(OTHER_NAME));
    otherRaw = otherClient.connect().sync();
    link = redis.connect();
    cache = new DotnetSessionCache(link, "shop:", Duration.ofMinutes(20), 1000);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    link.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    otherClient.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @BeforeEach
  void empty() {
    raw.del(NAME);
    otherRaw.del(OTHER_NAME);
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
    assertThat(SlotHash.getSlot(NAME)).isNotEqualTo(SlotHash.getSlot(OTHER_NAME));
    cache.write(KEY, new byte[] {0, 1, -1});
    cache.move(KEY, OTHER);
    assertThat(cache.read(KEY)).isEmpty();
    assertThat(cache.read(OTHER))
        .hasValueSatisfying(data -> assertThat(data).containsExactly(0, 1, -1));
    cache.move(KEY, OTHER);
    assertThat(cache.read(OTHER)).as("nothing is moved over it").isPresent();
  }

  @Test
  void entryThatMovesKeepsTheExpirationThatDotnetGaveIt() {
    entry("-1", "36000000000");
    cache.move(KEY, OTHER);
    assertThat(otherRaw.hget(OTHER_NAME, "sldexp")).isEqualTo("36000000000");
    assertThat(otherRaw.hget(OTHER_NAME, "absexp")).isEqualTo("-1");
    assertThat(otherRaw.ttl(OTHER_NAME)).isBetween(1L, 30L);
    Instant inAMinute = Instant.now().plusSeconds(60);
    String absolute = Long.toString(DotNetTicks.of(inAMinute));
    entry(absolute, "-1");
    cache.move(KEY, OTHER);
    assertThat(otherRaw.hgetall(OTHER_NAME))
        .isEqualTo(Map.of("absexp", absolute, "sldexp", "-1", "data", "data"));
    assertThat(otherRaw.ttl(OTHER_NAME)).isBetween(1L, 30L);
    assertThat(raw.exists(NAME)).isZero();
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
    assertThatThrownBy(() -> cache.write(KEY, new byte[1001]))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessageContaining("1001")
        .hasMessageContaining("at most 1000");
    assertThat(raw.exists(NAME)).isZero();
  }

  private static void entry(String absolute, String sliding) {
    raw.del(NAME);
    raw.hset(NAME, Map.of("absexp", absolute, "sldexp", sliding, "data", "data"));
    raw.expire(NAME, 30);
  }
}
