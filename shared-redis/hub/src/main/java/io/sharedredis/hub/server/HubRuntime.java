package io.sharedredis.hub.server;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all hubs of a process share.
 *
 * @param executor runs code of the application; it may block there
 * @param nanoTime monotonic clock of timeouts, in nanoseconds
 * @param connections every open connection, for the heartbeat and for closing by session
 */
public record HubRuntime(Executor executor, LongSupplier nanoTime, HubConnections connections) {}
