package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.backplane.BackplaneContract;
import java.time.Duration;
import java.util.List;
import java.util.Random;

class InMemoryBackplaneTest extends BackplaneContract {

  private final InMemoryBroker broker = new InMemoryBroker();
  private final Random random = new Random(42);
  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private int replicas;

  @Override
  protected void passTime() {
    scheduler.advance(Duration.ofMillis(100));
  }

  @Override
  protected HubLifetime replica(String hub, List<HubProtocol> protocols) {
    return new BackplaneLifetime(
        broker.connect(),
        hub,
        protocols,
        BackplaneOptions.named("server-" + ++replicas),
        clock,
        scheduler,
        random,
        new BackplaneMeters());
  }
}
