package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.ServerConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A transport whose client sends with POST requests. */
abstract class RequestTransport implements HubTransport {

  /**
   * Longest time a POST waits while the application is busy; below the minute after which proxies
   * give up.
   */
  private static final long BUSY_SECONDS = 30;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition resumed = lock.newCondition();
  private boolean paused;
  private volatile @Nullable ServerConnection connection;

  final void connect(ServerConnection opened) {
    connection = opened;
  }

  final @Nullable ServerConnection connection() {
    return connection;
  }

  final void received(byte[] bytes) {
    ServerConnection open = connection;
    if (open != null) {
      open.received(bytes);
    }
  }

  /** Waits while the application is busy; false when it stays so. */
  final boolean awaitRoom() throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(BUSY_SECONDS);
    lock.lock();
    try {
      while (paused && left > 0) {
        left = resumed.awaitNanos(left);
      }
      return !paused;
    } finally {
      lock.unlock();
    }
  }

  private void setPaused(boolean value) {
    lock.lock();
    try {
      paused = value;
      resumed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void pauseReading() {
    setPaused(true);
  }

  @Override
  public final void resumeReading() {
    setPaused(false);
  }

  final void lost() {
    setPaused(false);
    ServerConnection open = connection;
    if (open != null) {
      open.transportClosed();
    }
  }

  /** Nanoseconds since the client was last connected; 0 while it is. */
  abstract long idleSince(long now);

  /** Nobody has asked for the connection for too long. */
  abstract void expired();
}
