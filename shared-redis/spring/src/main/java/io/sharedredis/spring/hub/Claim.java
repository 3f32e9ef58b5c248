package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of this process from its first request to its end. Thread-safe. */
final class Claim {
  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  /**
   * Bytes that may be posted before the transport opens; 64 KiB, ASP.NET Core's application buffer.
   */
  private static final int EARLY_BYTES = 64 * 1024;

  private static final String WEB_SOCKETS = "WebSockets";

  /** Longest time from the answer to an upgrade until the socket is taken; it is taken at once. */
  private static final int LONGEST_UPGRADE_SECONDS = 30;

  private final ClaimedConnection connection;
  private final boolean stateful;
  private final long claimedAt;
  private final Claims claims;
  private final String token;
  private final Turns posting = new Turns();
  private final ByteArrayOutputStream early = new ByteArrayOutputStream(0);
  private @Nullable String transport;
  private @Nullable RequestTransport requests;
  private @Nullable ServerConnection open;
  private @Nullable String user;
  private boolean userChanged;
  private boolean begun;
  private int unopenedSeconds;

  /**
   * @param stateful whether its client has negotiated stateful reconnect
   */
  Claim(
      ClaimedConnection connection, boolean stateful, long claimedAt, Claims claims, String token) {
    this.connection = connection;
    this.stateful = stateful;
    this.claimedAt = claimedAt;
    this.claims = claims;
    this.token = token;
  }

  /** Of one POST at a time, or the pieces of several would mix. */
  Turns posting() {
    return posting;
  }

  ClaimedConnection connection() {
    return connection;
  }

  String hubPath() {
    return connection.hubPath();
  }

  String connectionId() {
    return connection.connectionId();
  }

  String token() {
    return token;
  }

  /** The transport's name once one is open. */
  synchronized @Nullable String transport() {
    return transport;
  }

  /** Makes {@code name} the connection's transport; false when it has one. */
  synchronized boolean open(String name) {
    if (transport != null) {
      return false;
    }
    transport = name;
    return true;
  }

  synchronized @Nullable RequestTransport requests() {
    return requests;
  }

  /** Sets the transport that takes posts, and gives it what was posted before. */
  void attach(RequestTransport opened) {
    byte[] waiting;
    synchronized (this) {
      requests = opened;
      waiting = early.toByteArray();
      early.reset();
    }
    if (waiting.length > 0) {
      opened.received(waiting);
    }
  }

  /**
   * Gives an unopened connection up for another replica, where its transport has come to.
   *
   * @return what was posted before; null when the connection is open here
   */
  byte @Nullable [] giveUp() {
    byte[] posted;
    synchronized (this) {
      if (transport != null) {
        return null;
      }
      transport = "elsewhere";
      posted = early.toByteArray();
    }
    claims.giveUp(this);
    return posted;
  }

  boolean stateful() {
    return stateful;
  }

  /** Its WebSocket has been taken up. */
  synchronized void begun() {
    begun = true;
  }

  /** Its WebSocket is open. */
  void opened(ServerConnection connected) {
    synchronized (this) {
      open = connected;
    }
    connected.whenGone(this::ended);
  }

  /** Its WebSocket is closed or lost, which ends what does not know better. */
  void socketEnded() {
    boolean known;
    synchronized (this) {
      known = open != null;
    }
    if (!known) {
      ended();
    }
  }

  /** The connection, when its client may go on with another WebSocket; else null. */
  synchronized @Nullable ServerConnection awaitingReturn() {
    return open != null && open.mayReturn() ? open : null;
  }

  /** Notes who opened the connection. */
  synchronized void openedBy(@Nullable String name) {
    user = name;
  }

  /**
   * Whether a request for another WebSocket comes from whoever opened the connection. Unlike one
   * that only sends it would take the connection over, with all that is said to its user.
   */
  synchronized boolean mayReturn(@Nullable String name) {
    return Objects.equals(user, name);
  }

  /**
   * Notes who sends a further request. As in ASP.NET Core another user is no reason to refuse it:
   * the token is the right, and the connection stays its opener's. But somebody ought to know.
   */
  void usedBy(@Nullable String name) {
    synchronized (this) {
      if (requests == null && open == null || userChanged || Objects.equals(user, name)) {
        return;
      }
      userChanged = true;
    }
    LOG.warn("Connection {} is used by another user than the one who opened it", connectionId());
  }

  /** Looks at the clock; called once a second. */
  void tick(long now) {
    RequestTransport open = requests();
    if (open != null) {
      open.tick(now);
    } else if (neverOpened()) {
      LOG.debug("Connection {}: its WebSocket never came", connectionId());
      ended();
    }
  }

  // The container says nothing when a filter fails behind the upgrade.
  private synchronized boolean neverOpened() {
    return WEB_SOCKETS.equals(transport) && !begun && ++unopenedSeconds > LONGEST_UPGRADE_SECONDS;
  }

  /** Keeps bytes posted before the transport opened; false when they are too many. */
  synchronized boolean keepEarly(byte[] bytes) {
    if (early.size() + bytes.length > EARLY_BYTES) {
      return false;
    }
    early.writeBytes(bytes);
    return true;
  }

  /** Nanoseconds since anybody asked for the connection; 0 while its transport is connected. */
  long idleSince(long now) {
    RequestTransport open;
    synchronized (this) {
      if (transport != null && requests == null) {
        return 0;
      }
      open = requests;
    }
    return open == null ? now - claimedAt : open.idleSince(now);
  }

  void expire() {
    RequestTransport open = requests();
    claims.remove(this);
    if (open != null) {
      open.expired();
    }
  }

  /** The connection has ended: its token is worth nothing any more. */
  void ended() {
    claims.remove(this);
  }
}
