package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.NotMoved;
import io.sharedredis.lettuce.hub.ClaimKeeper;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.lettuce.relay.RelayRefusal;
import io.sharedredis.netty.LoopMeter;
import io.sharedredis.spring.hub.EndpointOptions;
import java.util.concurrent.TimeUnit;

/**
 * Shows what hubs do as {@code shared-redis.hub.*}: one counter for each event, connections by
 * transport, bytes that wait; in a farm what other replicas have to do with it.
 */
final class HubMeterBinder implements MeterBinder {
  private static final String PREFIX = "shared-redis.hub.";

  private final HubConnections connections;

  private final LoopMeter loops;
  private final HubFarm farm;

  HubMeterBinder(HubConnections connections, LoopMeter loops, HubFarm farm) {
    this.connections = connections;
    this.loops = loops;
    this.farm = farm;
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
    for (NotMoved why : NotMoved.values()) {
      FunctionCounter.builder(
              PREFIX + "not.moved", connections, counted -> counted.meters().notMovedSoFar(why))
          .tag("reason", why.label())
          .description("Connections that could not go on at another replica")
          .register(registry);
    }
    connections(registry, "WebSockets", "loop");
    for (String transport : EndpointOptions.ALL_TRANSPORTS) {
      connections(registry, transport, "portable");
    }
    loops(registry);
    Gauge.builder(PREFIX + "queued", connections, HubConnections::queuedBytes)
        .baseUnit("bytes")
        .description("Written by hubs and not yet taken by clients")
        .register(registry);
    if (farm.relay() != null) {
      relay(registry, farm.relay());
    }
    if (farm.claims() != null) {
      claims(registry, farm.claims().keeper());
    }
  }

  private void connections(MeterRegistry registry, String transport, String path) {
    Gauge.builder(PREFIX + "connections", connections, open -> open.size(transport, path))
        .tag("transport", transport)
        .tag("path", path)
        .description("Open connections of this replica, and whether event loops carry them")
        .register(registry);
  }

  private static void relay(MeterRegistry registry, Relay relay) {
    FunctionCounter.builder(PREFIX + "relay.asked", relay, Relay::asked)
        .description("Requests that landed here for connections of other replicas")
        .register(registry);
    FunctionCounter.builder(PREFIX + "relay.answered", relay, Relay::answered)
        .description("Requests that landed elsewhere for connections of this replica")
        .register(registry);
    FunctionCounter.builder(PREFIX + "relay.owners.lost", relay, Relay::ownersLost)
        .description("Replicas found dead")
        .register(registry);
    for (RelayRefusal why : RelayRefusal.values()) {
      FunctionCounter.builder(PREFIX + "relay.ignored", relay, heard -> heard.refused(why))
          .tag("reason", why.label())
          .description("Messages on this replica's relay channel that counted for nothing")
          .register(registry);
    }
    Gauge.builder(PREFIX + "relay.peers", relay, Relay::peers)
        .description("Replicas this one talks to at the moment")
        .register(registry);
  }

  private static void claims(MeterRegistry registry, ClaimKeeper claims) {
    Gauge.builder(PREFIX + "claims", claims, ClaimKeeper::size)
        .description("Negotiated connections that are this replica's")
        .register(registry);
    FunctionCounter.builder(PREFIX + "claims.alone", claims, ClaimKeeper::acceptedAlone)
        .description("Connections accepted while Redis was away")
        .register(registry);
    FunctionCounter.builder(PREFIX + "claims.conflicts", claims, ClaimKeeper::conflicts)
        .description("Claims of this replica that stood in Redis as another's")
        .register(registry);
  }

  private void loops(MeterRegistry registry) {
    FunctionTimer.builder(
            PREFIX + "loop.steps", loops, LoopMeter::steps, LoopMeter::nanos, TimeUnit.NANOSECONDS)
        .description("Steps of the event loops")
        .register(registry);
    FunctionCounter.builder(PREFIX + "loop.slow", loops, LoopMeter::slow)
        .description("Steps of the event loops that took longer than 1 ms")
        .register(registry);
    TimeGauge.builder(PREFIX + "loop.longest", loops, TimeUnit.NANOSECONDS, LoopMeter::longestNanos)
        .description("The longest step of an event loop that took longer than 1 ms")
        .register(registry);
  }
}
