package io.sharedredis.hub.server;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the clock for one connection, once a second: pings, Acks, silent clients, and what takes
 * too long. All times are of the hub's monotonic clock, in nanoseconds.
 */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final ServerConnection connection;
  private final HubOptions options;
  private final Sending sending;
  private final Reception reception;
  private final Receipts receipts;
  private final long openedAt;
  private volatile byte @Nullable [] ping;
  private long lastPingAt;
  private volatile long awaySince;
  private volatile long endedAt;

  Watch(
      ServerConnection connection,
      HubOptions options,
      Sending sending,
      Reception reception,
      Receipts receipts,
      long openedAt) {
    this.connection = connection;
    this.options = options;
    this.sending = sending;
    this.reception = reception;
    this.receipts = receipts;
    this.openedAt = openedAt;
  }

  /** The handshake is done. */
  void accepted(HubProtocol protocol, long now) {
    lastPingAt = now;
    ping = protocol.write(new HubMessage.Ping());
  }

  /** The client has lost its socket. */
  void away(long now) {
    awaySince = now;
  }

  /** The connection has ended. */
  void ended(long now) {
    endedAt = now;
  }

  /** Whether the client has had its time to answer the end. */
  boolean closedLongAgo(long now) {
    return now - endedAt > options.closeTimeout().toNanos();
  }

  void look(long now) {
    Wire open = sending.wire();
    if (open != null && open.outbox().writingFor() > options.sendTimeout().toNanos()) {
      LOG.info("Connection {}: a write took too long", connection.connectionId());
      open.transport().abort();
      open.transportLost();
      return;
    }
    switch (connection.phase()) {
      case HANDSHAKE -> {
        if (now - openedAt > options.handshakeTimeout().toNanos()) {
          connection.inLoop(connection::cancelHandshake);
        }
      }
      case CONNECTING -> awaitReturn(open, now);
      case OPEN -> {
        if (open == null) {
          awaitReturn(null, now);
        } else {
          acknowledge();
          receipts.look(reception.lastHeard(), now);
          if (open.transport().pings()) {
            keepAlive(open, now);
          }
        }
      }
      case ENDED -> awaitEnd(open, now);
      case GONE -> {}
    }
  }

  private void awaitReturn(@Nullable Wire open, long now) {
    long kept = options.statefulReconnects().keptFor().toNanos();
    if (open == null && now - awaySince > kept) {
      connection.inLoop(
          () -> {
            if (sending.wire() == null) {
              LOG.debug("Connection {}: its client did not return", connection.connectionId());
              connection.giveUp();
            }
          });
    }
  }

  private void acknowledge() {
    if (reception.acknowledges()) {
      connection.inLoop(reception::acknowledge);
    }
  }

  private void keepAlive(Wire open, long now) {
    if (now - lastPingAt > options.keepAliveInterval().toNanos()) {
      lastPingAt = now;
      byte[] frame = ping;
      if (frame != null && !open.outbox().writing()) {
        connection.queue(frame);
      }
    }
    long longest = options.clientTimeout().toNanos();
    if (reception.silent(now, longest)) {
      connection.inLoop(
          () -> {
            // While a call holds up reading the client's pings are not seen: that is no silence.
            if (connection.phase() == ServerConnection.Phase.OPEN
                && sending.wire() == open
                && !connection.stalled()
                && reception.silent(connection.now(), longest)) {
              connection.fail(new ClientTimeoutException());
            }
          });
    }
  }

  private void awaitEnd(@Nullable Wire open, long now) {
    if (sending.finished()) {
      connection.inLoop(connection::forget);
    } else if (open != null && now - endedAt > options.closeTimeout().toNanos()) {
      open.transport().abort();
      open.transportClosed();
    }
  }
}
