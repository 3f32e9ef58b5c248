package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.backplane.ResumeContract;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InMemoryBackplaneTest extends ResumeContract {

  private static final String ID = "0123456789abcdef012345";

  private final InMemoryBroker broker = new InMemoryBroker(HISTORY);
  private final Random random = new Random(42);
  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private final Map<HubLifetime, InMemoryBroker.Bus> buses = new HashMap<>();
  private final Map<HubLifetime, BackplaneMeters> meters = new HashMap<>();
  private int replicas;

  @Override
  protected void passTime() {
    scheduler.advance(Duration.ofMillis(100));
  }

  @Override
  protected HubLifetime replica(String hub, List<HubProtocol> protocols) {
    InMemoryBroker.Bus bus = broker.connect();
    BackplaneMeters counted = new BackplaneMeters();
    HubLifetime lifetime =
        new BackplaneLifetime(
            bus,
            hub,
            protocols,
            BackplaneOptions.named("server-" + ++replicas),
            clock,
            scheduler,
            random,
            counted,
            new BackplaneLifetime.Keeping(bus.history(), ReliableOptions.defaults(), bus.places()));
    buses.put(lifetime, bus);
    meters.put(lifetime, counted);
    return lifetime;
  }

  @Test
  void whoComesBackBeforeTheReplicaHearsGetsWhatComesUntilThen() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection before = come(a, "ann", ID);
    done(a.addToGroup(before.connectionId(), "g"));
    toGroup(a, "g", 1, 5);
    scheduler.advance(Duration.ofSeconds(3));
    before.lose();
    toGroup(a, "g", 6, 10);

    buses.get(b).stopListening();
    TestConnection after = come(b, "ann", ID);
    done(b.addToGroup(after.connectionId(), "g"));
    toGroup(a, "g", 11, 20);
    buses.get(b).reconnect();
    toGroup(a, "g", 21, 25);

    scheduler.advance(Duration.ofSeconds(3));
    expect(after, calls(6, 25));
  }

  @Test
  void betweenItsEndAndItsRemovalAConnectionThatMovesIsGivenNothing() {
    HubLifetime a = replica();
    TestConnection other = come(a, null, ID);
    // Nobody follows for it: as when it has just gone.
    TestConnection gone = connect(a, "ann", ONE).moving(true);

    toAll(a, 1, 5);
    done(a.sendReliably(connections(gone), call("C"), null));

    expect(other, calls(1, 5));
    assertThat(gone.received()).isEmpty();
  }

  private static Recipients connections(TestConnection one) {
    return new Recipients.Connections(List.of(one.connectionId()));
  }

  @Test
  void whatAClientMissedIsGivenNoFasterThanItTakesIt() {
    HubLifetime a = replica();
    come(a, null, ID).lose();
    toAll(a, 1, 200);
    TestConnection after = new TestConnection("back", null, ONE, Map.of("resume", ID));
    CompletableFuture<Void> drained = after.full();
    done(a.onConnected(after));

    scheduler.advance(Duration.ofSeconds(3));
    expect(after, calls(1, 1));
    drained.complete(null);

    expect(after, calls(1, 200));
  }

  @Test
  void anAnswerOverAMembershipThatHasEndedIsForgotten() {
    HubLifetime a = replica();
    TestConnection before = come(a, "ann", ID);
    CompletableFuture<Void> confirmed = before.unconfirmed();
    done(a.addToGroup(before.connectionId(), "g"));
    toGroup(a, "g", 1, 1);
    scheduler.advance(Duration.ofSeconds(3));
    done(a.removeFromGroup(before.connectionId(), "g"));
    toGroup(a, "g", 2, 5);
    done(a.addToGroup(before.connectionId(), "g"));

    confirmed.complete(null);
    before.lose();
    TestConnection after = come(a, "ann", ID);
    done(a.addToGroup(after.connectionId(), "g"));
    toGroup(a, "g", 6, 7);

    expect(after, calls(6, 7));
  }

  @Test
  void aJoinThatFailedLeavesThePlaceOfTheClient() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection before = come(a, "ann", ID);
    done(a.addToGroup(before.connectionId(), "g"));
    before.lose();
    toGroup(a, "g", 1, 5);
    TestConnection after = come(b, "ann", ID);
    String channel = hub() + ":group:g";

    buses.get(b).refuse(channel, true);
    assertThat(b.addToGroup(after.connectionId(), "g").toCompletableFuture())
        .isCompletedExceptionally();
    buses.get(b).refuse(channel, false);
    done(b.addToGroup(after.connectionId(), "g"));

    expect(after, calls(1, 5));
  }

  @Test
  void aMessageThatCannotBeGivenHoldsNoneUpBehindIt() {
    HubLifetime a = replica();
    come(a, null, ID).lose();
    toAll(a, 1, 5);
    TestConnection after = new TestConnection("back", null, ONE, Map.of("resume", ID)).failing();

    done(a.onConnected(after));
    expect(after, calls(2, 5));
    toAll(a, 6, 7);
    after.failing();
    toAll(a, 8, 10);

    List<String> expected = new ArrayList<>(List.of(calls(2, 7)));
    expected.addAll(List.of(calls(9, 10)));
    expect(after, expected.toArray(String[]::new));
    assertThat(count(a, "malformed")).isEqualTo(2);
  }

  @Override
  protected void deafen(HubLifetime replica, String channel) {
    buses.get(replica).unsubscribe(List.of(channel));
  }

  @Override
  protected void reconnect(HubLifetime replica) {
    buses.get(replica).disconnect();
    buses.get(replica).reconnect();
  }

  @Override
  protected long count(HubLifetime replica, String meter) {
    return meters.get(replica).counter(meter);
  }
}
