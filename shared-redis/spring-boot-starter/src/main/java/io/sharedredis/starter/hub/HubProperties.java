package io.sharedredis.starter.hub;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.protocol.HubProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * @param sendHighWater queued for a client above which streams wait
 * @param sendLimit queued for a client above which it is cut off, free to reconnect
 * @param sendTimeout longest time one write to a client may take
 * @param closeTimeout longest wait for the client's part in closing
 * @param clientResultTimeout longest wait for a client's answer
 * @param connectTimeout longest time between negotiation and connection
 * @param disconnectTimeout longest time between two polls of one connection
 * @param pollTimeout longest wait of a poll that finds nothing; below the minute after which
 *     proxies give up
 * @param transports those offered, of WebSockets, ServerSentEvents and LongPolling; by default all
 * @param protocols those spoken, of json and messagepack, in the order messages for other replicas
 *     have them
 * @param dotnetPayloads whether payloads are written as .NET hubs write them: enums by number in
 *     JSON, names in PascalCase in MessagePack
 * @param maxConnections hub connections of this replica; beyond it negotiation answers 503
 * @param allowedOrigins origins beside {@code shared-redis.public-url} whose pages may use hubs;
 *     {@code *} for any
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
    @DefaultValue("64KB") DataSize sendHighWater,
    @DefaultValue("1MB") DataSize sendLimit,
    @DefaultValue("10s") Duration sendTimeout,
    @DefaultValue("5s") Duration closeTimeout,
    @DefaultValue("30s") Duration clientResultTimeout,
    @DefaultValue("15s") Duration connectTimeout,
    @DefaultValue("15s") Duration disconnectTimeout,
    @DefaultValue("50s") Duration pollTimeout,
    @DefaultValue List<String> transports,
    @DefaultValue({"json", "messagepack"}) List<String> protocols,
    @DefaultValue("false") boolean dotnetPayloads,
    @DefaultValue("20000") int maxConnections,
    @DefaultValue List<String> allowedOrigins) {

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
        bytes("send-high-water", sendHighWater),
        bytes("send-limit", sendLimit),
        sendTimeout,
        closeTimeout,
        clientResultTimeout);
  }

  private static int bytes(String name, DataSize size) {
    if (size.toBytes() > Integer.MAX_VALUE || size.toBytes() < 1) {
      throw new IllegalArgumentException(
          "shared-redis.hub." + name + " is " + size + " but must be between 1B and 2GB");
    }
    return (int) size.toBytes();
  }
}
