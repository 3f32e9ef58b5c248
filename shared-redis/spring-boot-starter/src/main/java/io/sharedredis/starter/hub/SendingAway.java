package io.sharedredis.starter.hub;

import io.sharedredis.hub.server.HubConnections;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends those connections of a replica that stops to others which can go on there: closes their
 * sockets, and waits until other replicas have fetched them.
 *
 * <p>A client whose next socket comes here once more goes on here for a while, and is sent away
 * once more, since it tries only once at a time and must find somebody. In the end this replica
 * takes no further sockets before it closes those it has, so that even a load balancer which has
 * not noticed anything finds another.
 */
final class SendingAway {
  private static final Logger LOG = LoggerFactory.getLogger(SendingAway.class);

  /** Longest of all; most go at once, on a busy machine not all. */
  private static final long LONGEST_NANOS = Duration.ofSeconds(20).toNanos();

  /** After this a load balancer that still sends clients here will not notice by itself: 5 s. */
  private static final long LISTEN_NANOS = Duration.ofSeconds(5).toNanos();

  /**
   * So long the ports stay open for clients that look for a socket just now, and might be on their
   * way here: 5 s more. Who waits to be accepted when a port closes has tried in vain.
   */
  private static final long LINGER_NANOS = LISTEN_NANOS + Duration.ofSeconds(5).toNanos();

  /** Clients that came here again have so long between two sockets: 2 s. */
  private static final long AGAIN_NANOS = Duration.ofSeconds(2).toNanos();

  /** Longest wait for others to have heard what was said to them last: 1 s. */
  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private static final long LOOK_EVERY_MILLIS = 100;

  private final HubConnections connections;
  private final HubFarm farm;
  private final Runnable listeners;
  private final BooleanSupplier calledOff;
  private final IntConsumer done;
  private final long begun = System.nanoTime();
  private final int before;
  private final long departedBefore;
  private long lastSent;
  private long lastLeft = begun;
  private boolean listening = true;

  /**
   * @param listeners closes the ports, but none of the connections
   * @param calledOff whether the server goes on after all
   * @param done gets the number of those that are left
   */
  SendingAway(
      HubConnections connections,
      HubFarm farm,
      Runnable listeners,
      BooleanSupplier calledOff,
      IntConsumer done) {
    this.connections = connections;
    this.farm = farm;
    this.listeners = listeners;
    this.calledOff = calledOff;
    this.done = done;
    this.before = connections.toMove();
    this.departedBefore = connections.departed();
  }

  void begin() {
    send(begun);
    look();
  }

  private void send(long now) {
    lastSent = now;
    int sent = connections.sendAway();
    if (sent > 0) {
      LOG.debug("Draining: {} sockets are closed, for their clients to go on elsewhere", sent);
    }
  }

  private void look() {
    long now = System.nanoTime();
    int left = connections.toMove();
    if (left > 0) {
      lastLeft = now;
    }
    if (now - lastLeft > (farm.quiet() ? 0 : QUIET_NANOS)
        || now - begun > LONGEST_NANOS
        || calledOff.getAsBoolean()) {
      end(left);
      return;
    }
    long elapsed = now - begun;
    if (!listening || elapsed <= LISTEN_NANOS && now - lastSent > AGAIN_NANOS) {
      send(now);
    } else if (elapsed > LISTEN_NANOS
        && (connections.withoutSocket() == 0 || elapsed > LINGER_NANOS)) {
      listening = false;
      listeners.run();
      send(now);
    }
    HubDrain.later(LOOK_EVERY_MILLIS, this::look);
  }

  private void end(int left) {
    if (before > 0) {
      LOG.info(
          "Draining: {} of {} hub connections went on elsewhere",
          connections.departed() - departedBefore,
          before);
    }
    connections.countNotMoved();
    done.accept(left);
  }
}
