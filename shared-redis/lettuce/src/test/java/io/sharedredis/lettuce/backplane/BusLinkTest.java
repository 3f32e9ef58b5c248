package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusLinkTest {
  private static final String URL = "redis://127.0.0.1:1";

  private final ManualScheduler scheduler =
      new ManualScheduler(MutableClock.at("2026-01-31T12:00:00Z"));
  private final BusLink<StatefulConnection<?, ?>> link =
      new BusLink<>(
          "test",
          RedisAddress.parse("test", URL),
          RedisClient.create(URL),
          client -> CompletableFuture.completedFuture(connection()),
          connection -> up(),
          () -> {},
          scheduler,
          new Random(1));
  private int connections;
  private boolean refusing;

  @AfterEach
  void close() {
    link.close();
  }

  @Test
  void serverThatTakesConnectionsAndRefusesAllElseIsNotStormed() {
    refusing = true;
    link.open();
    scheduler.advance(Duration.ofSeconds(10));
    // 0.25 to 0.5 s apart, after the first few.
    assertThat(connections).isBetween(20, 50);
  }

  @Test
  void connectionThatIsLeftAfterItWorkedIsReplacedAtOnce() {
    refusing = true;
    link.open();
    scheduler.advance(Duration.ofSeconds(10));
    refusing = false;
    scheduler.advance(Duration.ofSeconds(1));
    StatefulConnection<?, ?> good = link.connection();
    assertThat(good).isNotNull();
    link.works(good);

    assertThat(link.leave(good, "a test wants it")).isTrue();
    assertThat(link.connection()).isNull();
    scheduler.advance(Duration.ofMillis(20));
    assertThat(link.connection()).isNotNull().isNotSameAs(good);
  }

  private void up() {
    connections++;
    if (refusing) {
      assertThat(link.leave(link.connection(), "it refuses everything")).isTrue();
    }
  }

  private static StatefulConnection<?, ?> connection() {
    return (StatefulConnection<?, ?>)
        Proxy.newProxyInstance(
            StatefulConnection.class.getClassLoader(),
            new Class<?>[] {StatefulConnection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isOpen" -> true;
                  case "closeAsync" -> CompletableFuture.completedFuture(null);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
