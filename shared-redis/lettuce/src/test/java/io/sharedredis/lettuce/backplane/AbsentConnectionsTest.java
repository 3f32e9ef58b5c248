package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AbsentConnectionsTest {
  private final InMemoryBroker broker = new InMemoryBroker();
  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private final InMemoryBroker.Bus askersBus = broker.connect();
  private final InMemoryBroker.Bus ownersBus = broker.connect();
  private final HubLifetime asker = replica("asker", askersBus);
  private final HubLifetime owner = replica("owner", ownersBus);
  private final TestConnection client = new TestConnection("client", null, Replicas.LINE);

  AbsentConnectionsTest() {
    var unused = owner.onConnected(client);
    // Each has heard the other.
    scheduler.advance(Duration.ofSeconds(2));
  }

  private HubLifetime replica(String name, InMemoryBroker.Bus bus) {
    return new BackplaneLifetime(
        bus,
        "hub",
        List.of(Replicas.LINE),
        BackplaneOptions.named(name),
        clock,
        scheduler,
        new Random(name.hashCode()),
        new BackplaneMeters(),
        new BackplaneLifetime.Keeping(bus.history(), ReliableOptions.defaults(), bus.places()));
  }

  private CompletableFuture<@Nullable Object> ask() {
    return asker.invoke("client", "ask", List.of(), String.class);
  }

  @Test
  void questionWaitsForItsOwnerToListenAgain() {
    askersBus.disconnect();
    ownersBus.disconnect();
    askersBus.reconnect();
    CompletableFuture<@Nullable Object> answer = ask();
    assertThat(answer).isNotDone();
    ownersBus.reconnect();
    scheduler.advance(Duration.ofMillis(100));
    assertThat(answer).isNotDone();
    assertThat(client.calls()).hasSize(1);
  }

  @Test
  void callGoesOnWhileItsOwnerIsAwayForAMoment() {
    CompletableFuture<@Nullable Object> answer = ask();
    // A look comes just in that moment.
    scheduler.advance(AbsentConnections.LOOK.minusMillis(2_100));
    ownersBus.disconnect();
    scheduler.advance(Duration.ofMillis(200));
    ownersBus.reconnect();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(answer).isNotDone();
  }

  @Test
  void callGoesOnWhileAllComeBack() {
    CompletableFuture<@Nullable Object> answer = ask();
    askersBus.disconnect();
    ownersBus.disconnect();
    askersBus.reconnect();
    // Longer than a look and the one after it, shorter than a lease.
    scheduler.advance(Duration.ofMillis(4_500));
    ownersBus.reconnect();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(answer).isNotDone();
  }

  @Test
  void callEndsWhenItsOwnerStaysAway() {
    CompletableFuture<@Nullable Object> answer = ask();
    ownersBus.disconnect();
    scheduler.advance(AbsentConnections.LOOK.plus(AbsentConnections.AGAIN));
    assertThat(answer)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("Connection 'client' disconnected.");
  }
}
