package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.hub.ClaimedConnection;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection of this process from its first request to its end. Thread-safe. */
final class Claim {

  /**
   * Bytes that may be posted before the transport opens; 64 KiB, ASP.NET Core's application buffer.
   */
  private static final int EARLY_BYTES = 64 * 1024;

  private final ClaimedConnection connection;
  private final long claimedAt;
  private final Claims claims;
  private final String token;
  private final ReentrantLock posting = new ReentrantLock();
  private final ByteArrayOutputStream early = new ByteArrayOutputStream(0);
  private @Nullable String transport;
  private @Nullable RequestTransport requests;

  Claim(ClaimedConnection connection, long claimedAt, Claims claims, String token) {
    this.connection = connection;
    this.claimedAt = claimedAt;
    this.claims = claims;
    this.token = token;
  }

  /** Held by one POST at a time, or the pieces of several would mix. */
  ReentrantLock posting() {
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
