package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.HubConnections;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections that end when their user's sign-in does. Their clients may come back, with a sign-in
 * that is still good. Thread-safe.
 */
public final class ExpiringConnections {

  /** Time between noting a connection and its being open; far longer than an upgrade takes. */
  private static final Duration OPENING = Duration.ofMinutes(1);

  private final AuthenticationExpiry expiry;
  private final InstantSource clock;
  private final HubConnections connections;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  private record Entry(Instant expires, Instant noted) {}

  public ExpiringConnections(
      AuthenticationExpiry expiry, InstantSource clock, HubConnections connections) {
    this.expiry = expiry;
    this.clock = clock;
    this.connections = connections;
  }

  /** Notes until when the sign-in of a connection's latest GET is good. */
  void seen(String connectionId, HttpServletRequest request) {
    Instant expires = expiry.expiresAt(request);
    if (expires == null) {
      entries.remove(connectionId);
    } else {
      entries.put(connectionId, new Entry(expires, clock.instant()));
    }
  }

  /** Ends what has expired; called once a second. */
  public void tick() {
    if (entries.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    entries.forEach(
        (id, entry) -> {
          boolean over = !now.isBefore(entry.expires());
          // One that expires before it is open is closed as soon as it is.
          boolean open = over ? connections.close(id, true) : connections.isOpen(id);
          if (open ? over : now.isAfter(entry.noted().plus(OPENING))) {
            entries.remove(id, entry);
          }
        });
  }
}
