package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transport whose client sends with POST requests. */
abstract class RequestTransport implements HubTransport {

  /**
   * Longest time a POST waits while the application is busy; below the minute after which proxies
   * give up.
   */
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private record Waiting(long until, Consumer<Boolean> told) {}

  // Guarded by this.
  private boolean paused;
  private final List<Waiting> waiting = new ArrayList<>(0);

  private volatile @Nullable TransportListener connection;

  final void connect(TransportListener opened) {
    connection = opened;
  }

  final @Nullable TransportListener connection() {
    return connection;
  }

  final void received(byte[] bytes) {
    TransportListener open = connection;
    if (open != null) {
      open.received(bytes);
    }
  }

  /**
   * Says when the application takes more: at once, later, or by false that it stays busy.
   *
   * @param now on the clock of claims
   */
  final void whenRoom(long now, Consumer<Boolean> told) {
    synchronized (this) {
      if (paused) {
        waiting.add(new Waiting(now + BUSY_NANOS, told));
        return;
      }
    }
    told.accept(true);
  }

  private void setPaused(boolean value) {
    List<Waiting> released;
    synchronized (this) {
      paused = value;
      if (value || waiting.isEmpty()) {
        return;
      }
      released = List.copyOf(waiting);
      waiting.clear();
    }
    released.forEach(one -> one.told().accept(true));
  }

  /** Looks at the clock; called once a second. */
  void tick(long now) {
    List<Waiting> late;
    synchronized (this) {
      if (waiting.isEmpty()) {
        return;
      }
      late = waiting.stream().filter(one -> one.until() - now <= 0).toList();
      waiting.removeAll(late);
    }
    late.forEach(one -> one.told().accept(false));
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
    TransportListener open = connection;
    if (open != null) {
      open.transportClosed();
    }
  }

  /** Nanoseconds since the client was last connected; 0 while it is. */
  abstract long idleSince(long now);

  /** Nobody has asked for the connection for too long. */
  abstract void expired();
}
