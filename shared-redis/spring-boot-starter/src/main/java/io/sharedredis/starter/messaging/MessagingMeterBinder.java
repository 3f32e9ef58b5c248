package io.sharedredis.starter.messaging;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.lettuce.messaging.MessagingBus;
import io.sharedredis.lettuce.messaging.MessagingMeters;

/**
 * Shows what passes between the brokers of the replicas as {@code shared-redis.messaging.*}: one
 * counter for each event, and how many messages wait here.
 */
final class MessagingMeterBinder implements MeterBinder {

  private static final String PREFIX = "shared-redis.messaging.";

  private final MessagingBus bus;

  MessagingMeterBinder(MessagingBus bus) {
    this.bus = bus;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    MessagingMeters meters = bus.meters();
    for (String name : meters.counters().keySet()) {
      FunctionCounter.builder(PREFIX + name, meters, counted -> counted.counter(name))
          .register(registry);
    }
    Gauge.builder(PREFIX + "waiting", bus, MessagingBus::waiting)
        .description("Messages of other replicas that wait to be delivered here")
        .register(registry);
  }
}
