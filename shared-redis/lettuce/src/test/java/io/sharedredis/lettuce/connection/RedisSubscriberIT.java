package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener that cannot tell silence from a dead connection asks. */
class RedisSubscriberIT {

  /** Half a second to ask, half a second for the answer, and a machine that is busy. */
  private static final Duration NOTICED = Duration.ofSeconds(3);

  private static final Duration LATER = Duration.ofSeconds(20);

  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger stood = new AtomicInteger();

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void connectionThatWentDeafWithoutAWordIsReplacedAndTheStateIsReadAgain() {
    try (RedisServer server = RedisServer.startOwn();
        FaultyProxy proxy = FaultyProxy.to(server);
        RedisSubscriber<String, String> subscriber = subscriber(proxy.redisUrl())) {
      assertThat(subscriber).isNotNull();
      awaitStood(1);
      proxy.forgetConnections();
      publish(server, "lost");
      awaitStood(2);
      publish(server, "heard");
      Awaitility.await().atMost(NOTICED).until(() -> heard.contains("heard"));
      assertThat(heard).doesNotContain("lost");
    }
  }

  @Test
  void silenceOfAConnectionThatIsWellReplacesNothing() throws Exception {
    try (RedisServer server = RedisServer.startOwn();
        FaultyProxy proxy = FaultyProxy.to(server);
        RedisSubscriber<String, String> subscriber = subscriber(proxy.redisUrl())) {
      assertThat(subscriber).isNotNull();
      awaitStood(1);
      // Four questions and their deadlines; waiting is what is tested here.
      Awaitility.await()
          .during(Duration.ofMillis(2_500))
          .atMost(Duration.ofSeconds(4))
          .until(() -> stood.get() == 1);
      assertThat(connected(server)).isEqualTo(1);
    }
  }

  @Test
  void redisOfTheOlderProtocolIsAskedAsWell() {
    RedisOptions old = RedisOptions.defaults().withArguments("--rename-command", "HELLO", "");
    try (RedisServer server = RedisServer.start(old);
        FaultyProxy proxy = FaultyProxy.to(server);
        RedisSubscriber<String, String> subscriber = subscriber(proxy.redisUrl())) {
      assertThat(subscriber).isNotNull();
      awaitStood(1);
      publish(server, "one");
      Awaitility.await()
          .during(Duration.ofMillis(1_500))
          .atMost(NOTICED)
          .until(() -> stood.get() == 1 && heard.contains("one"));
      proxy.forgetConnections();
      awaitStood(2);
      publish(server, "two");
      Awaitility.await().atMost(NOTICED).until(() -> heard.contains("two"));
    }
  }

  @Test
  void redisThatHangsAndGoesOnIsHeardAgain() {
    try (RedisServer server = RedisServer.startOwn();
        RedisSubscriber<String, String> subscriber = subscriber(server.url())) {
      assertThat(subscriber).isNotNull();
      awaitStood(1);
      server.pause();
      Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
      server.resume();
      awaitStood(2);
      publish(server, "after");
      Awaitility.await().atMost(NOTICED).until(() -> heard.contains("after"));
      // The connection that hung is closed, not kept beside the new one.
      Awaitility.await().atMost(NOTICED).until(() -> connected(server) == 1);
    }
  }

  /** Asked for again each second, with room for a busy machine. */
  @Test
  void subscriptionThatIsRefusedStandsSoonAfterTheRightIsGiven() {
    try (RestrictedRedis redis = new RestrictedRedis("shop", "hub")) {
      redis.give("+ping", "+hello", "+subscribe");
      try (RedisSubscriber<String, String> subscriber = subscriber(redis.url())) {
        awaitRefused(redis);
        assertThat(subscriber.connected()).isTrue();
        assertThat(stood).hasValue(0);
        redis.give("&news");
        awaitHeard(redis, "given");
        // Redis ends connections that listen where they may not.
        redis.give("resetchannels");
        redis.admin().aclLogReset();
        awaitRefused(redis);
        redis.give("&news");
        awaitHeard(redis, "given again");
        assertThat(stood).hasValue(2);
      }
    }
  }

  private static void awaitRefused(RestrictedRedis redis) {
    Awaitility.await().atMost(LATER).until(() -> !redis.admin().aclLog().isEmpty());
  }

  private void awaitHeard(RestrictedRedis redis, String message) {
    Awaitility.await().atMost(LATER).until(() -> redis.admin().publish("news", message) == 1);
    Awaitility.await().atMost(LATER).until(() -> heard.contains(message));
  }

  private RedisSubscriber<String, String> subscriber(String url) {
    return new RedisSubscriber<>(
        network,
        "tests",
        RedisAddress.parse("test", url),
        StringCodec.UTF8,
        (channel, message) -> heard.add(message),
        stood::incrementAndGet,
        "news");
  }

  private void awaitStood(int times) {
    Awaitility.await().atMost(Duration.ofSeconds(6)).until(() -> stood.get() >= times);
  }

  private static void publish(RedisServer server, String message) {
    ask(server, client -> client.connect().sync().publish("news", message));
  }

  private static long connected(RedisServer server) {
    return ask(server, client -> client.connect().sync().pubsubNumsub("news").get("news"));
  }

  private static <T> T ask(RedisServer server, Function<RedisClient, T> work) {
    RedisClient client = RedisClient.create(server.uri());
    try {
      return work.apply(client);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
