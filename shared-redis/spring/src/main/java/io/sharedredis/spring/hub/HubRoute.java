package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionServer;

/**
 * What answers at one path.
 *
 * @param server a hub, or a handler of raw connections
 */
public record HubRoute(ConnectionServer server, EndpointOptions options) {}
