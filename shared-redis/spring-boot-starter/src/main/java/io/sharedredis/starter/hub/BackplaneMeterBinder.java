package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.backplane.BackplaneMeters;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import java.util.concurrent.TimeUnit;

/**
 * Shows the backplane's counters as {@code shared-redis.backplane.*}: one counter for each event,
 * the number of channels, and the lag from publishing to receiving.
 */
final class BackplaneMeterBinder implements MeterBinder {

  private static final String PREFIX = "shared-redis.backplane.";

  private final BackplaneMeters meters;
  private final HubLifetimeFactory factory;

  BackplaneMeterBinder(BackplaneMeters meters, HubLifetimeFactory factory) {
    this.meters = meters;
    this.factory = factory;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (!(factory instanceof RedisBackplane backplane)) {
      return;
    }
    for (String name : meters.counters().keySet()) {
      FunctionCounter.builder(PREFIX + name, meters, counted -> counted.counter(name))
          .register(registry);
    }
    Gauge.builder(PREFIX + "subscriptions", backplane, RedisBackplane::subscriptions)
        .description("Channels this replica listens to")
        .register(registry);
    TimeGauge.builder(
            PREFIX + "lag.mean",
            meters,
            TimeUnit.NANOSECONDS,
            counted -> counted.meanLag().toNanos())
        .description("From publishing to receiving, mean since the start")
        .register(registry);
    TimeGauge.builder(
            PREFIX + "lag.max", meters, TimeUnit.NANOSECONDS, counted -> counted.maxLag().toNanos())
        .description("From publishing to receiving, longest since the start")
        .register(registry);
  }
}
