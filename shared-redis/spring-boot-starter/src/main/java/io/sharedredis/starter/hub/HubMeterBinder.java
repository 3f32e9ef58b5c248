package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.spring.hub.EndpointOptions;

/**
 * Shows what hubs do as {@code shared-redis.hub.*}: one counter for each event, connections by
 * transport, bytes that wait.
 */
final class HubMeterBinder implements MeterBinder {
  private static final String PREFIX = "shared-redis.hub.";

  private final HubConnections connections;

  HubMeterBinder(HubConnections connections) {
    this.connections = connections;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String name : connections.meters().counters().keySet()) {
      FunctionCounter.builder(
              PREFIX + name,
              connections,
              counted -> counted.meters().counters().getOrDefault(name, 0L))
          .register(registry);
    }
    for (String transport : EndpointOptions.ALL_TRANSPORTS) {
      Gauge.builder(PREFIX + "connections", connections, open -> open.size(transport))
          .tag("transport", transport)
          .description("Open connections of this replica")
          .register(registry);
    }
    Gauge.builder(PREFIX + "queued", connections, HubConnections::queuedBytes)
        .baseUnit("bytes")
        .description("Written by hubs and not yet taken by clients")
        .register(registry);
  }
}
