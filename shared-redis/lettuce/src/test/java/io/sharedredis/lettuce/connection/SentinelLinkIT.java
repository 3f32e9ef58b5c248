package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.codec.StringCodec;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands and subscriptions follow the master that sentinels name. */
class SentinelLinkIT {

  private static final Duration BACK = Duration.ofSeconds(15);

  private static RedisSentinel redis;

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger stood = new AtomicInteger();
  private RedisNetwork network;
  private RedisLink<String, String> link;
  private RedisSubscriber<String, String> subscriber;

  @BeforeAll
  static void start() {
    redis = RedisSentinel.start();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void connect() throws Exception {
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    RedisAddress address = RedisAddress.parse("test", redis.url());
    link = new RedisLink<>(network, "tests", address, StringCodec.UTF8);
    subscriber =
        new RedisSubscriber<>(
            network,
            "news",
            address,
            StringCodec.UTF8,
            (channel, message) -> heard.add(message),
            stood::incrementAndGet,
            "news");
    link.firstConnected().get(10, TimeUnit.SECONDS);
    Awaitility.await().atMost(BACK).until(() -> stood.get() > 0);
  }

  @AfterEach
  void close() {
    subscriber.close();
    link.close();
    network.close();
  }

  @Test
  void masterThatDiesIsFollowedByTheOneThatTakesOver() {
    RedisServer before = redis.master();
    before.kill();
    assertThatThrownBy(this::ping).isInstanceOf(RedisUnavailableException.class);
    redis.awaitOther(before);
    awaitWritableAndHeard();
    redis.rejoin(before);
  }

  @Test
  void masterThatWasReplacedIsLeftAtOnceAlthoughItStillTakesWrites() {
    RedisServer before = redis.master();
    RedisServer after = redis.failOver();
    String port = Integer.toString(after.uri().getPort());
    Awaitility.await()
        .atMost(Duration.ofSeconds(3))
        .ignoreExceptions()
        .until(
            () ->
                link.<String>sync(commands -> commands.info("server"))
                    .contains("tcp_port:" + port));
    assertThat(before).isNotSameAs(after);
    awaitWritableAndHeard();
  }

  private String ping() {
    return link.sync(commands -> commands.ping());
  }

  private void awaitWritableAndHeard() {
    Awaitility.await()
        .atMost(BACK)
        .ignoreExceptions()
        .until(() -> link.<String>sync(commands -> commands.set("k", "v")).equals("OK"));
    Awaitility.await()
        .atMost(BACK)
        .ignoreExceptions()
        .until(
            () -> {
              link.<Long>sync(commands -> commands.publish("news", "heard"));
              return heard.contains("heard");
            });
  }
}
