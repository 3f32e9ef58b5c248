package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.backplane.ResumeContract;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class InMemoryBackplaneTest extends ResumeContract {

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
