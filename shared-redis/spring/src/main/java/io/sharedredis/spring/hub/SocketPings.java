package io.sharedredis.spring.hub;

import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the peer of one socket by ping frames what it has received. Thread-safe. */
final class SocketPings {
  private static final Logger LOG = LoggerFactory.getLogger(SocketPings.class);

  private final String connectionId;
  private final Executor executor;

  /** Number of the last ping frame, its payload. */
  private final AtomicLong pings = new AtomicLong();

  /** Runs when the peer has received what was written; null when it was not asked. */
  private volatile @Nullable Runnable asked;

  /**
   * @param executor where sending a frame may block
   */
  SocketPings(String connectionId, Executor executor) {
    this.connectionId = connectionId;
    this.executor = executor;
  }

  /**
   * @return whether the peer will be asked
   */
  boolean ask(Session socket, Runnable received) {
    asked = received;
    ByteBuffer payload = ByteBuffer.allocate(Long.BYTES).putLong(pings.incrementAndGet()).flip();
    try {
      executor.execute(() -> ping(socket, payload));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void ping(Session socket, ByteBuffer payload) {
    try {
      socket.getAsyncRemote().sendPing(payload);
    } catch (IOException | RuntimeException e) {
      // Whatever is wrong with the socket, the next write tells.
      LOG.debug("Connection {}: a ping could not be sent", connectionId, e);
    }
  }

  /** The peer has answered a ping. */
  void answered(ByteBuffer payload) {
    Runnable received = asked;
    if (received != null
        && payload.remaining() == Long.BYTES
        && payload.getLong(payload.position()) == pings.get()) {
      asked = null;
      received.run();
    }
  }
}
