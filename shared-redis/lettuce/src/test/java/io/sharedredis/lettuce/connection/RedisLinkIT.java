package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.codec.StringCodec;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisLinkIT {

  /** The command deadline of 500 ms with room for a machine that is busy. */
  private static final Duration PROMPTLY = Duration.ofMillis(1500);

  private RedisServer server;
  private RedisNetwork network;
  private RedisLink<String, String> link;

  @BeforeEach
  void connect() throws Exception {
    server = RedisServer.start(RedisOptions.defaults().withPassword("s3cret"));
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    link = new RedisLink<>(network, "tests", address(), StringCodec.UTF8);
    link.firstConnected().get(5, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    link.close();
    network.close();
    server.close();
  }

  @Test
  void redisThatHangsCostsNoMoreThanTheDeadlineAndTheCircuitOpens() {
    server.pause();
    try {
      for (int i = 0; i < 5; i++) {
        assertFailsPromptly(PROMPTLY);
      }
      // The circuit is open now: nothing waits for the deadline any more.
      assertFailsPromptly(Duration.ofMillis(100));
    } finally {
      server.resume();
    }
    awaitAnswer();
  }

  @Test
  void redisThatIsKilledRefusesAtOnceAndIsUsedAgainWhenItComesBack() {
    AtomicInteger reconnects = new AtomicInteger();
    link.onReconnect(reconnects::incrementAndGet);
    server.kill();
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !link.connected());
    assertFailsPromptly(Duration.ofMillis(300));
    server.startAgainEmpty();
    awaitAnswer();
    assertThat(reconnects).hasPositiveValue();
  }

  @Test
  void redisThatIsAwayAtTheStartIsJoinedWhenItComes() throws Exception {
    server.kill();
    try (RedisLink<String, String> early =
        new RedisLink<>(network, "tests", address(), StringCodec.UTF8)) {
      assertThatThrownBy(() -> early.sync(redis -> redis.ping()))
          .isInstanceOf(RedisUnavailableException.class)
          .hasMessageContaining("not connected yet");
      assertThat(early.firstConnected()).isNotDone();
      server.startAgainEmpty();
      early.firstConnected().get(10, TimeUnit.SECONDS);
      assertThat(early.<String>sync(redis -> redis.ping())).isEqualTo("PONG");
    }
  }

  @Test
  void errorThatRedisReportsIsNotTakenForAnOutage() {
    link.sync(redis -> redis.set("text", "value"));
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> link.sync(redis -> redis.lpush("text", "x")))
          .hasMessageContaining("WRONGTYPE")
          .isNotInstanceOf(RedisUnavailableException.class);
    }
    assertThat(link.<String>sync(redis -> redis.get("text"))).isEqualTo("value");
  }

  @Test
  void connectionThatSwallowsCommandsIsReplaced() throws Exception {
    try (RedisServer open = RedisServer.startOwn();
        FaultyProxy proxy = FaultyProxy.to(open);
        RedisLink<String, String> cut =
            new RedisLink<>(
                network, "tests", RedisAddress.parse("test", proxy.redisUrl()), StringCodec.UTF8)) {
      cut.firstConnected().get(5, TimeUnit.SECONDS);
      AtomicInteger reconnects = new AtomicInteger();
      cut.onReconnect(reconnects::incrementAndGet);
      proxy.forgetConnections();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> cut.sync(redis -> redis.ping()))
            .isInstanceOf(RedisUnavailableException.class);
      }
      Awaitility.await().atMost(Duration.ofSeconds(3)).until(() -> reconnects.get() == 1);
      assertThat(cut.<String>sync(redis -> redis.ping())).isEqualTo("PONG");
    }
  }

  @Test
  void circuitIsClosedAsSoonAsRedisIsConnectedAgain() {
    server.kill();
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !link.connected());
    for (int i = 0; i < 10; i++) {
      assertFailsPromptly(PROMPTLY);
    }
    AtomicInteger reconnects = new AtomicInteger();
    link.onReconnect(reconnects::incrementAndGet);
    server.startAgainEmpty();
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> reconnects.get() > 0);
    assertThat(link.<String>sync(redis -> redis.ping())).isEqualTo("PONG");
  }

  private void assertFailsPromptly(Duration atMost) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> link.sync(redis -> redis.ping()))
        .isInstanceOf(RedisUnavailableException.class)
        .hasMessageContaining("tests")
        .hasMessageContaining(server.uri().getHost() + ":" + server.uri().getPort())
        .hasMessageNotContaining("s3cret");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(atMost);
  }

  private void awaitAnswer() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(link.<String>sync(redis -> redis.ping())).isEqualTo("PONG"));
  }

  private RedisAddress address() {
    return RedisAddress.parse("test", server.url());
  }
}
