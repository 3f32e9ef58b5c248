package io.sharedredis.starter.hub;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.spring.hub.EndpointOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings below {@code shared-redis.hub}, for all hubs of the application.
 *
 * @param handshakeTimeout longest wait for a client's handshake
 * @param keepAliveInterval time between the server's pings
 * @param clientTimeout longest silence of a client that pings
 * @param maximumReceiveMessageSize largest message from a client
 * @param detailedErrors whether clients see the texts of all exceptions; only for development
 * @param maximumParallelInvocations ordinary calls of one client that run at a time
 * @param streamBufferCapacity items of an upload stream that wait for the hub method
 * @param receiveHighWater received from a client and not yet read above which its transport waits
 * @param sendHighWater queued for a client above which streams wait
 * @param sendLimit queued for a client above which it is cut off, free to reconnect
 * @param sendTimeout longest time one write to a client may take
 * @param closeTimeout longest wait for the client's part in closing
 * @param clientResultTimeout longest wait for a client's answer
 * @param connectTimeout longest time between negotiation and connection
 * @param disconnectTimeout longest time between two polls of one connection, and without a socket
 *     where connections outlive theirs
 * @param statefulReconnect whether clients that ask for it go on with their connection after they
 *     have lost its socket, without losing or repeating a message
 * @param statefulReconnectBufferSize sent to such a client and not acknowledged by it, above which
 *     messages wait
 * @param pollTimeout longest wait of a poll that finds nothing; below the minute after which
 *     proxies give up
 * @param transports those offered, of WebSockets, ServerSentEvents and LongPolling; by default all
 * @param protocols those spoken, of json and messagepack, in the order messages for other replicas
 *     have them
 * @param dotnetPayloads whether payloads are written as .NET hubs write them: enums by number in
 *     JSON, names in PascalCase in MessagePack
 * @param maxConnections hub connections of this replica; beyond it negotiation answers 503
 * @param sockets how WebSockets are carried: auto, loop (on event loops, taken over from Tomcat) or
 *     portable (by the container)
 * @param allowedOrigins origins beside {@code shared-redis.public-url} whose pages may use hubs;
 *     {@code *} for any
 * @param corsOrigins origins whose pages may read the answers of hubs, with credentials; by default
 *     those of {@code allowed-origins} that are named
 * @param observations whether calls are observations, which tracers see: auto (where something
 *     beside meters handles them), always or never
 * @param endpoints settings of single paths, such as {@code [/hub/chat]}, that differ
 */
@ConfigurationProperties("shared-redis.hub")
public record HubProperties(
    @DefaultValue("15s") Duration handshakeTimeout,
    @DefaultValue("15s") Duration keepAliveInterval,
    @DefaultValue("30s") Duration clientTimeout,
    @DefaultValue("32KB") DataSize maximumReceiveMessageSize,
    @DefaultValue("false") boolean detailedErrors,
    @DefaultValue("1") int maximumParallelInvocations,
    @DefaultValue("10") int streamBufferCapacity,
    @DefaultValue("64KB") DataSize receiveHighWater,
    @DefaultValue("64KB") DataSize sendHighWater,
    @DefaultValue("1MB") DataSize sendLimit,
    @DefaultValue("10s") Duration sendTimeout,
    @DefaultValue("5s") Duration closeTimeout,
    @DefaultValue("30s") Duration clientResultTimeout,
    @DefaultValue("15s") Duration connectTimeout,
    @DefaultValue("15s") Duration disconnectTimeout,
    @DefaultValue("false") boolean statefulReconnect,
    @DefaultValue("100000B") DataSize statefulReconnectBufferSize,
    @DefaultValue("50s") Duration pollTimeout,
    @DefaultValue List<String> transports,
    @DefaultValue({"json", "messagepack"}) List<String> protocols,
    @DefaultValue("false") boolean dotnetPayloads,
    @DefaultValue("20000") int maxConnections,
    @DefaultValue("auto") SocketPath sockets,
    @DefaultValue List<String> allowedOrigins,
    @Nullable Set<String> corsOrigins,
    @DefaultValue("auto") ObservationUse observations,
    @DefaultValue Map<String, HubEndpointProperties> endpoints) {

  /**
   * The settings of a path, ignoring letter case as the router does; null where it has none of its
   * own.
   */
  @Nullable HubEndpointProperties at(String path) {
    for (Map.Entry<String, HubEndpointProperties> endpoint : endpoints.entrySet()) {
      if (endpoint.getKey().equalsIgnoreCase(path)) {
        return endpoint.getValue();
      }
    }
    return null;
  }

  /**
   * @throws IllegalArgumentException naming a path that has settings and no hub
   */
  void requireEndpoints(Collection<String> paths) {
    for (String path : endpoints.keySet()) {
      if (paths.stream().noneMatch(path::equalsIgnoreCase)) {
        throw new IllegalArgumentException(
            "shared-redis.hub.endpoints has settings for '"
                + path
                + "' but there is nothing at this path; there is something at "
                + paths);
      }
    }
  }

  HubOptions options(String path) {
    HubEndpointProperties own = at(path);
    return own == null ? options() : own.over(options());
  }

  /**
   * How connections to a path are opened.
   *
   * @param usual transports where none are named
   */
  EndpointOptions endpoint(String path, List<String> usual) {
    EndpointOptions all =
        new EndpointOptions(
            transports.isEmpty() ? usual : transports, pollTimeout, 0, List.of(), false, readers());
    HubEndpointProperties own = at(path);
    return own == null ? all : own.over(all);
  }

  /** A page that may use hubs is to be able to read what they answer; the star names nobody. */
  private Set<String> readers() {
    if (corsOrigins != null) {
      return corsOrigins;
    }
    Set<String> named = new LinkedHashSet<>(allowedOrigins);
    named.remove("*");
    return named;
  }

  /** Picks the protocols to speak, in order. */
  List<HubProtocol> spoken(List<HubProtocol> known) {
    List<HubProtocol> spoken = new ArrayList<>();
    for (String name : protocols) {
      HubProtocol protocol =
          known.stream()
              .filter(one -> one.name().equalsIgnoreCase(name.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "shared-redis.hub.protocols names '"
                              + name
                              + "' but must name some of "
                              + known.stream().map(HubProtocol::name).toList()));
      spoken.add(protocol);
    }
    if (spoken.isEmpty()) {
      throw new IllegalArgumentException("shared-redis.hub.protocols must name at least one");
    }
    return spoken;
  }

  HubOptions options() {
    return new HubOptions(
        handshakeTimeout,
        keepAliveInterval,
        clientTimeout,
        bytes("maximum-receive-message-size", maximumReceiveMessageSize),
        detailedErrors,
        maximumParallelInvocations,
        streamBufferCapacity,
        bytes("receive-high-water", receiveHighWater),
        bytes("send-high-water", sendHighWater),
        bytes("send-limit", sendLimit),
        sendTimeout,
        closeTimeout,
        clientResultTimeout,
        new StatefulReconnects(
            statefulReconnect,
            bytes("stateful-reconnect-buffer-size", statefulReconnectBufferSize),
            disconnectTimeout));
  }

  static int bytes(String name, DataSize size) {
    if (size.toBytes() > Integer.MAX_VALUE || size.toBytes() < 1) {
      throw new IllegalArgumentException(
          "shared-redis.hub." + name + " is " + size + " but must be between 1B and 2GB");
    }
    return (int) size.toBytes();
  }
}
