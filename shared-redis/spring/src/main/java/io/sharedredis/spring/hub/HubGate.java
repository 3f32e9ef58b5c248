package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubConnections.Place;
import io.sharedredis.lettuce.relay.Relay;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a connection may be opened, the same for all hubs of a process.
 *
 * @param executor runs what may block on a slow client
 * @param relay the way to connections of other replicas; null where there are none
 * @param handovers what connections need to go on at another replica; null where they cannot
 */
public record HubGate(
    Claims claims,
    ExpiringConnections expiring,
    ConnectionIds ids,
    AllowedOrigins origins,
    HubConnections connections,
    int maxConnections,
    Executor executor,
    @Nullable Relay relay,
    @Nullable Handovers handovers) {

  boolean full() {
    return connections.full(maxConnections);
  }

  /** A place for one more connection; null when there is none. */
  @Nullable Place reserve() {
    return connections.reserve(maxConnections);
  }
}
