package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubConnections.Place;
import io.sharedredis.lettuce.relay.Relay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a connection may be opened, the same for all hubs of a process.
 *
 * @param transports names of those offered, in the order clients try them
 * @param pollTimeout longest wait of a poll that finds nothing
 * @param executor runs what may block on a slow client
 * @param relay the way to connections of other replicas; null where there are none
 */
public record HubGate(
    Claims claims,
    ConnectionIds ids,
    AllowedOrigins origins,
    HubConnections connections,
    int maxConnections,
    List<String> transports,
    Duration pollTimeout,
    Executor executor,
    @Nullable Relay relay) {

  /** Names of all transports, in ASP.NET Core's order. */
  public static final List<String> ALL_TRANSPORTS =
      List.of("WebSockets", "ServerSentEvents", "LongPolling");

  public HubGate {
    if (transports.isEmpty() || !ALL_TRANSPORTS.containsAll(transports)) {
      throw new IllegalArgumentException(
          "hub transports are " + transports + " but must be some of " + ALL_TRANSPORTS);
    }
    transports = ALL_TRANSPORTS.stream().filter(transports::contains).toList();
  }

  boolean full() {
    return connections.full(maxConnections);
  }

  /** A place for one more connection; null when there is none. */
  @Nullable Place reserve() {
    return connections.reserve(maxConnections);
  }
}
