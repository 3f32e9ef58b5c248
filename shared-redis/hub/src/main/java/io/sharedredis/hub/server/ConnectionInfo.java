package io.sharedredis.hub.server;

import org.jspecify.annotations.Nullable;

/**
 * What operators may know of an open connection.
 *
 * @param id its public name
 * @param endpoint full name of its hub, or class of its handler
 * @param user whose it is; null when anonymous
 * @param transport {@code WebSockets}, {@code ServerSentEvents} or {@code LongPolling}; empty
 *     before its first socket
 * @param path {@code loop} or {@code portable}
 * @param remoteAddress of its client
 * @param queuedBytes written for the client and not yet taken
 */
public record ConnectionInfo(
    String id,
    String endpoint,
    @Nullable String user,
    String transport,
    String path,
    @Nullable String remoteAddress,
    long queuedBytes) {}
