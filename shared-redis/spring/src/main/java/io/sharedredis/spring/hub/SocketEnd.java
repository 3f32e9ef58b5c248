package io.sharedredis.spring.hub;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of one socket, which comes once, whoever begins it. Thread-safe. */
final class SocketEnd {
  private static final Logger LOG = LoggerFactory.getLogger(SocketEnd.class);

  /** How long a peer may take to read our close frame and to close: as ASP.NET Core, 5 s. */
  static final Long CLOSE_MILLIS = 5_000L;

  private final String connectionId;
  private final Executor closer;
  private final SocketReading reading;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Completes when the container says that the socket is closed. */
  private final CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();

  SocketEnd(String connectionId, Executor closer, SocketReading reading) {
    this.connectionId = connectionId;
    this.closer = closer;
    this.reading = reading;
  }

  /**
   * @return false when it had begun before
   */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  /** The container says that the socket is closed. */
  void gone() {
    gone.complete(null);
  }

  /**
   * Closes the socket with a close frame, unless its end has begun, and sees to it that it does not
   * last.
   *
   * @param closed runs when the frame is out, or never will be
   */
  // Writing the close frame may block for as long as the peer does not read. Nothing is read until
  // it is out: a client that stops sends its own close frame at once, and Tomcat, should it read
  // that one while another thread writes ours, ends the connection without a close frame.
  void close(Session socket, CloseReason reason, Runnable closed) {
    if (!begin()) {
      return;
    }
    reading.hold(socket);
    if (SocketClosing.canDrop(socket)) {
      // Else a peer that reads slowly, or does not close, would keep its socket for ever.
      var unused =
          gone.orTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS)
              .whenComplete(
                  (nothing, late) -> {
                    if (late != null) {
                      inCloser(() -> dropNow(socket));
                    }
                  });
    }
    inCloser(() -> closeNow(socket, reason, closed));
  }

  /**
   * Ends the socket at once where a close frame would have to wait for what does not come through,
   * or is out already.
   *
   * @param stuck whether a message is on its way out
   * @return false when it has to be closed instead
   */
  boolean drop(Session socket, boolean stuck) {
    if (!SocketClosing.canDrop(socket) || !stuck && !begun.get()) {
      return false;
    }
    begun.set(true);
    inCloser(() -> dropNow(socket));
    return true;
  }

  private void inCloser(Runnable task) {
    try {
      closer.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private void dropNow(Session socket) {
    reading.release(socket);
    SocketClosing.drop(socket);
  }

  private void closeNow(Session socket, CloseReason reason, Runnable closed) {
    try {
      var unused =
          SocketClosing.close(socket, reason)
              .whenComplete((nothing, failure) -> closed(socket, failure, closed));
    } catch (IOException | RuntimeException e) {
      closed(socket, e, closed);
    }
  }

  private void closed(Session socket, @Nullable Throwable failure, Runnable closed) {
    if (failure != null) {
      LOG.debug("Connection {}: closing failed", connectionId, failure);
    }
    reading.release(socket);
    closed.run();
  }
}
