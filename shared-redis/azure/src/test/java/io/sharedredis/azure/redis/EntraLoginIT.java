package io.sharedredis.azure.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EntraLoginIT {

  /** Long enough for a slow machine to renew in, short enough for several in one test. */
  private static final Duration LIFE = Duration.ofMillis(2500);

  private RedisServer redis;
  private FakeEntra entra;
  private EntraLogin login;
  private RedisNetwork network;

  @BeforeEach
  void start() {
    redis = RedisServer.startOwn();
    entra = new FakeEntra(redis.url(), LIFE);
  }

  @AfterEach
  void stop() {
    network.close();
    login.close();
    entra.close();
    redis.close();
  }

  private RedisLink<String, String> connect() {
    login = EntraLogin.start(EntraOptions.builder().allowPlaintext(true).build(), entra);
    network = new RedisNetwork(RedisDeadlines.DEFAULT, login);
    RedisAddress address = RedisAddress.parse("test", redis.url());
    return new RedisLink<>(network, "tests", address, StringCodec.UTF8);
  }

  @Test
  void tokensRotateUnderLoadWithoutALostCommand() throws Exception {
    try (RedisLink<String, String> link = connect()) {
      link.firstConnected().get(10, TimeUnit.SECONDS);
      assertThat(link.<String>sync(commands -> commands.aclWhoami())).isEqualTo(FakeEntra.USER);
      long sent = 0;
      while (entra.given.get() < 4) {
        link.<Long>sync(commands -> commands.incr("counter"));
        sent++;
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(entra.reauthentications()).isGreaterThanOrEqualTo(3));
      assertThat(link.<String>sync(commands -> commands.get("counter"))).isEqualTo("" + sent);
      assertThat(link.<String>sync(commands -> commands.aclWhoami())).isEqualTo(FakeEntra.USER);
      assertThat(entra.admin().sync().aclLog()).as("nobody came with an old token").isEmpty();
    }
  }

  @Test
  void connectionThatWasCutComesBackWithTheNewestToken() throws Exception {
    try (RedisLink<String, String> link = connect()) {
      link.firstConnected().get(10, TimeUnit.SECONDS);
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> entra.given.get() >= 2);
      entra.admin().sync().clientKill(KillArgs.Builder.user(FakeEntra.USER));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(link.<String>sync(commands -> commands.aclWhoami()))
                      .isEqualTo(FakeEntra.USER));
    }
  }

  @Test
  void tokenServiceThatIsAwayBlocksNothingAndIsAskedUntilItAnswers() throws Exception {
    entra.away = true;
    try (RedisLink<String, String> link = connect()) {
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> entra.refused.get() >= 2);
      assertThat(link.firstConnected()).isNotDone();
      entra.away = false;
      link.firstConnected().get(20, TimeUnit.SECONDS);
      assertThat(link.<String>sync(commands -> commands.ping())).isEqualTo("PONG");

      // Away past the end of the token: connections that stand go on, new ones wait.
      entra.away = true;
      int before = entra.refused.get();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> entra.refused.get() >= before + 3);
      assertThat(link.<String>sync(commands -> commands.ping())).isEqualTo("PONG");
      int given = entra.given.get();
      entra.away = false;
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> entra.given.get() > given);
      assertThat(link.<String>sync(commands -> commands.ping())).isEqualTo("PONG");
    }
  }
}
