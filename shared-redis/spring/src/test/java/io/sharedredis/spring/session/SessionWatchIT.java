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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionWatchIT {

  /** More than a busy machine takes for the question of every second. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    link.firstConnected().get(30, TimeUnit.SECONDS);
  }

  private void watch(ScheduledExecutorService scheduler) {
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
            scheduler);
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
    watch(Executors.newSingleThreadScheduledExecutor());
    use("expires", Duration.ofMillis(100));
    use("stays", Duration.ofMinutes(10));
    Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(ended).contains("expires"));
    assertThat(ended).containsExactly("expires");
  }

  /** Nobody ever asks Redis here, which still has the session: only the announcement tells. */
  @Test
  void sessionThatIsEndedElsewhereEndsWhatHangsOnItByItsAnnouncementAlone() {
    watch(
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> scheduleWithFixedDelay(
              Runnable question, long initialDelay, long delay, TimeUnit unit) {
            return super.schedule(() -> {}, 0, unit);
          }
        });
    use("ended", Duration.ofMinutes(10));
    // Again until the subscription stands.
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              SessionWatch.announce(link, keys, "ended");
              assertThat(ended).containsExactly("ended");
            });
  }

  @Test
  void redisThatDoesNotAnswerEndsNothing() {
    watch(Executors.newSingleThreadScheduledExecutor());
    use("kept", Duration.ofMinutes(10));
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
        .atMost(PATIENCE)
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
