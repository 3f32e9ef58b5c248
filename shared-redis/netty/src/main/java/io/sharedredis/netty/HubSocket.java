package io.sharedredis.netty;

import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import java.util.function.Function;

/**
 * A WebSocket that is about to carry a connection. What it runs may run on an event loop, so it
 * must not block.
 *
 * @param connectionId public name of the connection
 * @param opening takes up the connection, or takes it up again
 * @param opened runs once when it has
 * @param ended runs once when the socket is closed or lost, before the connection knows, or when
 *     the socket never came
 */
public record HubSocket(
    String connectionId,
    Function<HubTransport, TransportListener> opening,
    Runnable opened,
    Runnable ended) {}
