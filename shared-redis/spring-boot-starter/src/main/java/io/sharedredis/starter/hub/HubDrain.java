package io.sharedredis.starter.hub;

import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.netty.HubLoops;
import io.sharedredis.starter.BackgroundThread;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Sends hub clients to other replicas before the server stops. Those with stateful reconnect lose
 * their socket and go on elsewhere; all others get a Close message that lets them come back by
 * themselves. Runs after readiness has gone off, so that they do not come back here.
 */
final class HubDrain implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(HubDrain.class);

  /** Between the notice (the highest phase) and the server's graceful shutdown, 1024 below it. */
  private static final int PHASE = Integer.MAX_VALUE - 512;

  /**
   * Longest wait for clients to go; their Close message is written in a moment, a dead peer never
   * answers.
   */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** Longest wait for clients' part in closing once all is written to them. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private static final long LOOK_EVERY_MILLIS = 50;

  private final HubConnections connections;
  private final HubFarm farm;
  private final HubLoops loops;
  private final Runnable listeners;
  private volatile boolean running;

  /**
   * @param listeners closes the ports, but none of the connections
   */
  HubDrain(HubConnections connections, HubFarm farm, HubLoops loops, Runnable listeners) {
    this.connections = connections;
    this.farm = farm;
    this.loops = loops;
    this.listeners = listeners;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    farm.drain();
    connections.drain();
  }

  @Override
  public void stop(Runnable callback) {
    running = false;
    farm.drain();
    if (farm.handovers() == null) {
      close(callback, 0);
    } else {
      int told = connections.drainImmovable();
      LOG.debug("Draining: {} hub connections were told to start anew", told);
      new SendingAway(connections, farm, listeners, () -> running, left -> close(callback, left))
          .begin();
    }
  }

  private void close(Runnable callback, int notMoved) {
    int told = connections.drain();
    if (told > 0) {
      LOG.info(
          "Draining: {} hub connections were told to start anew, of which {} could not go on"
              + " elsewhere",
          told,
          notMoved);
    }
    await(System.nanoTime() + LONGEST.toNanos(), callback);
  }

  private void await(long deadline, Runnable callback) {
    connections.heartbeat();
    if (running || System.nanoTime() - deadline > 0) {
      callback.run();
      return;
    }
    if (connections.size() == 0) {
      long now = System.nanoTime();
      long end = now + Math.min(deadline - now, GOODBYE.toNanos());
      goodbye(end, callback);
      return;
    }
    // A client that connected in the last moment is told as well.
    connections.drain();
    later(LOOK_EVERY_MILLIS, () -> await(deadline, callback));
  }

  /** Lets sockets of event loops close in good order before the server ends them. */
  private void goodbye(long deadline, Runnable callback) {
    if (running || loops.open() == 0 || System.nanoTime() - deadline > 0) {
      callback.run();
      return;
    }
    later(LOOK_EVERY_MILLIS, () -> goodbye(deadline, callback));
  }

  static void later(long millis, Runnable step) {
    CompletableFuture.delayedExecutor(
            millis, TimeUnit.MILLISECONDS, new BackgroundThread("shared-redis-hub-drain"))
        .execute(step);
  }

  /** A context that is only paused, between test classes, goes on serving. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
