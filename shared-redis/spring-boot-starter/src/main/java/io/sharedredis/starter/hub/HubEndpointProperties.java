package io.sharedredis.starter.hub;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.spring.hub.EndpointOptions;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Settings of one path, below {@code shared-redis.hub.endpoints.[/path]}; what is not set is as for
 * all hubs.
 *
 * @param handshakeTimeout longest wait for a client's handshake
 * @param keepAliveInterval time between the server's pings
 * @param clientTimeout longest silence of a client that pings
 * @param maximumReceiveMessageSize largest message from a client
 * @param detailedErrors whether clients see the texts of all exceptions; only for development
 * @param maximumParallelInvocations ordinary calls of one client that run at a time
 * @param streamBufferCapacity items of an upload stream that wait
 * @param receiveHighWater received and not yet read above which the transport waits
 * @param sendHighWater queued for a client above which streams wait
 * @param sendLimit queued for a client above which it is cut off, free to reconnect
 * @param sendTimeout longest time one write to a client may take
 * @param closeTimeout longest wait for the client's part in closing
 * @param clientResultTimeout longest wait for a client's answer
 * @param statefulReconnect whether clients may go on with their connection over another socket
 * @param statefulReconnectBufferSize sent to such a client and not acknowledged, above which
 *     messages wait
 * @param pollTimeout longest wait of a poll that finds nothing
 * @param transports those offered, of WebSockets, ServerSentEvents and LongPolling
 * @param minimumNegotiateVersion oldest version of negotiation served
 * @param subProtocols WebSocket sub-protocols to choose from; {@code *} for the first offered
 * @param closeOnAuthenticationExpiration whether connections end when their user's sign-in expires
 * @param corsOrigins origins whose pages may read the answers, with credentials
 */
public record HubEndpointProperties(
    @Nullable Duration handshakeTimeout,
    @Nullable Duration keepAliveInterval,
    @Nullable Duration clientTimeout,
    @Nullable DataSize maximumReceiveMessageSize,
    @Nullable Boolean detailedErrors,
    @Nullable Integer maximumParallelInvocations,
    @Nullable Integer streamBufferCapacity,
    @Nullable DataSize receiveHighWater,
    @Nullable DataSize sendHighWater,
    @Nullable DataSize sendLimit,
    @Nullable Duration sendTimeout,
    @Nullable Duration closeTimeout,
    @Nullable Duration clientResultTimeout,
    @Nullable Boolean statefulReconnect,
    @Nullable DataSize statefulReconnectBufferSize,
    @Nullable Duration pollTimeout,
    @Nullable List<String> transports,
    @Nullable Integer minimumNegotiateVersion,
    @Nullable List<String> subProtocols,
    @Nullable Boolean closeOnAuthenticationExpiration,
    @Nullable Set<String> corsOrigins) {

  HubOptions over(HubOptions all) {
    return new HubOptions(
        or(handshakeTimeout, all.handshakeTimeout()),
        or(keepAliveInterval, all.keepAliveInterval()),
        or(clientTimeout, all.clientTimeout()),
        bytes(
            "maximum-receive-message-size",
            maximumReceiveMessageSize,
            all.maximumReceiveMessageSize()),
        or(detailedErrors, all.detailedErrors()),
        or(maximumParallelInvocations, all.maximumParallelInvocations()),
        or(streamBufferCapacity, all.streamBufferCapacity()),
        bytes("receive-high-water", receiveHighWater, all.receiveHighWater()),
        bytes("send-high-water", sendHighWater, all.sendHighWater()),
        bytes("send-limit", sendLimit, all.sendLimit()),
        or(sendTimeout, all.sendTimeout()),
        or(closeTimeout, all.closeTimeout()),
        or(clientResultTimeout, all.clientResultTimeout()),
        over(all.statefulReconnects()));
  }

  private StatefulReconnects over(StatefulReconnects all) {
    return new StatefulReconnects(
        or(statefulReconnect, all.allowed()),
        bytes("stateful-reconnect-buffer-size", statefulReconnectBufferSize, all.bufferSize()),
        all.keptFor());
  }

  EndpointOptions over(EndpointOptions all) {
    return new EndpointOptions(
        or(transports, all.transports()),
        or(pollTimeout, all.pollTimeout()),
        or(minimumNegotiateVersion, all.minimumNegotiateVersion()),
        or(subProtocols, all.subProtocols()),
        or(closeOnAuthenticationExpiration, all.closeOnAuthenticationExpiration()),
        or(corsOrigins, new LinkedHashSet<>(all.corsOrigins())));
  }

  private static <T> T or(@Nullable T own, T all) {
    return own == null ? all : own;
  }

  private static int bytes(String name, @Nullable DataSize own, int all) {
    return own == null ? all : HubProperties.bytes(name, own);
  }
}
