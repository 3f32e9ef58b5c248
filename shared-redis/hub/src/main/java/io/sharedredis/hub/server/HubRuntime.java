package io.sharedredis.hub.server;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all hubs of a process share.
 *
 * @param executor runs code of the application; it may block there
 * @param nanoTime monotonic clock of timeouts, in nanoseconds
 * @param connections every open connection, for the heartbeat and for closing by session
 * @param calls sees the calls of all hubs
 */
public record HubRuntime(
    Executor executor, LongSupplier nanoTime, HubConnections connections, CallObserver calls) {

  /** One whose calls nobody sees. */
  public HubRuntime(Executor executor, LongSupplier nanoTime, HubConnections connections) {
    this(executor, nanoTime, connections, CallObserver.NONE);
  }
}
