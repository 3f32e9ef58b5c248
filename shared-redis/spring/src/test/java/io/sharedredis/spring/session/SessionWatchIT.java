package io.sharedredis.spring.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionWatchIT {

  /** What is promised for the end of a session. */
  private static final Duration PROMISED = Duration.ofSeconds(2);

  private final SessionKeys keys = new SessionKeys("watch-test");
  private final Set<String> used = ConcurrentHashMap.newKeySet();
  private final List<String> ended = new CopyOnWriteArrayList<>();

  private RedisServer redis;
  private RedisNetwork network;
  private RedisLink<byte[], byte[]> link;
  private SessionWatch watch;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.startOwn();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(5, TimeUnit.SECONDS);
    watch =
        new SessionWatch(
            network,
            link,
            keys,
            new SessionConnections() {
              @Override
              public Set<String> sessionIds() {
                return used;
              }

              @Override
              public void sessionEnded(String sessionId) {
                if (used.remove(sessionId)) {
                  ended.add(sessionId);
                }
              }
            },
            Executors.newSingleThreadScheduledExecutor());
  }

  @AfterEach
  void stop() {
    watch.close();
    link.close();
    network.close();
    redis.close();
  }

  @Test
  void sessionThatExpiresEndsWhatHangsOnItInTime() {
    use("expires", Duration.ofMillis(100));
    use("stays", Duration.ofMinutes(1));
    Awaitility.await().atMost(PROMISED).untilAsserted(() -> assertThat(ended).contains("expires"));
    assertThat(ended).containsExactly("expires");
  }

  @Test
  void sessionThatIsEndedElsewhereIsAnnouncedAtOnce() {
    use("ended", Duration.ofMinutes(1));
    // Redis still has it: only the announcement tells.
    Awaitility.await()
        .atMost(PROMISED)
        .untilAsserted(
            () -> {
              SessionWatch.announce(link, keys, "ended");
              assertThat(ended).containsExactly("ended");
            });
  }

  @Test
  void redisThatDoesNotAnswerEndsNothing() {
    use("kept", Duration.ofMinutes(1));
    redis.pause();
    try {
      Awaitility.await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(4))
          .until(ended::isEmpty);
    } finally {
      redis.resume();
    }
    redis.stop();
    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(3))
        .until(ended::isEmpty);
    // Back without its data: now it has said so.
    redis.startAgainEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(ended).containsExactly("kept"));
  }

  private void use(String id, Duration life) {
    link.sync(
        redis ->
            redis.psetex(
                keys.session(id).getBytes(UTF_8), life.toMillis(), "session".getBytes(UTF_8)));
    used.add(id);
  }
}
