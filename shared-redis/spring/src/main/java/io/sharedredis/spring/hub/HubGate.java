package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import java.util.concurrent.Executor;

/**
 * What decides whether a connection may be opened, the same for all hubs of a process.
 *
 * @param tokens what negotiation hands out
 * @param oldTokens the same for clients of negotiate version 0, which know one replica only
 * @param closer runs what may block while a socket closes
 */
public record HubGate(
    ConnectionTokens tokens,
    LocalConnectionTokens oldTokens,
    ConnectionIds ids,
    AllowedOrigins origins,
    HubConnections connections,
    int maxConnections,
    Executor closer) {

  boolean full() {
    return connections.size() >= maxConnections;
  }
}
