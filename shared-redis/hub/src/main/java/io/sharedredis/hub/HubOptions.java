package io.sharedredis.hub;

import java.time.Duration;

/**
 * Limits and times of a hub. Immutable and validated; begin with {@link #defaults()}.
 *
 * @param handshakeTimeout longest wait for the client's handshake; 15 s as in ASP.NET Core
 * @param keepAliveInterval time between the server's pings; 15 s, half the clients' own timeout
 * @param clientTimeout longest silence of a client that pings; 30 s, two of the clients' ping
 *     intervals
 * @param maximumReceiveMessageSize largest message from a client, in bytes with its frame; 32 KiB
 *     as in ASP.NET Core
 * @param detailedErrors whether texts of exceptions other than {@link HubException} are shown to
 *     clients; off, they may tell secrets
 * @param maximumParallelInvocations ordinary calls of one client that run at a time; 1, so answers
 *     keep their order
 * @param streamBufferCapacity items of an upload stream that wait for the hub method; 10
 * @param receiveHighWater bytes received and not yet read by the hub above which the transport
 *     stops reading; 64 KiB as in ASP.NET Core
 * @param sendHighWater bytes queued for a client above which streams wait; 64 KiB as in ASP.NET
 *     Core
 * @param sendLimit bytes queued for a client above which it is cut off, free to reconnect; 1 MiB
 *     holds a burst, not a stalled peer
 * @param sendTimeout longest time one write may take; 10 s
 * @param closeTimeout longest wait for the peer's part in closing; 5 s
 * @param clientResultTimeout longest wait for a client's answer; 30 s, as long as a silent client
 *     is kept
 * @param statefulReconnects whether and how connections outlive their socket; not at all, as in
 *     ASP.NET Core
 */
public record HubOptions(
    Duration handshakeTimeout,
    Duration keepAliveInterval,
    Duration clientTimeout,
    int maximumReceiveMessageSize,
    boolean detailedErrors,
    int maximumParallelInvocations,
    int streamBufferCapacity,
    int receiveHighWater,
    int sendHighWater,
    int sendLimit,
    Duration sendTimeout,
    Duration closeTimeout,
    Duration clientResultTimeout,
    StatefulReconnects statefulReconnects) {

  public HubOptions {
    positive("handshake-timeout", handshakeTimeout);
    positive("keep-alive-interval", keepAliveInterval);
    positive("client-timeout", clientTimeout);
    positive("send-timeout", sendTimeout);
    positive("close-timeout", closeTimeout);
    positive("client-result-timeout", clientResultTimeout);
    positive("maximum-receive-message-size", maximumReceiveMessageSize);
    positive("maximum-parallel-invocations", maximumParallelInvocations);
    positive("stream-buffer-capacity", streamBufferCapacity);
    positive("receive-high-water", receiveHighWater);
    positive("send-high-water", sendHighWater);
    if (sendLimit < sendHighWater) {
      throw new IllegalArgumentException(
          "hub option send-limit is "
              + sendLimit
              + " but must be at least send-high-water, "
              + sendHighWater);
    }
  }

  /** The defaults named at each component. */
  public static HubOptions defaults() {
    return new HubOptions(
        Duration.ofSeconds(15),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        32 * 1024,
        false,
        1,
        10,
        64 * 1024,
        64 * 1024,
        1024 * 1024,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        StatefulReconnects.off());
  }

  /** These options with other rules for connections that lose their socket. */
  public HubOptions withStatefulReconnects(StatefulReconnects changed) {
    return new HubOptions(
        handshakeTimeout,
        keepAliveInterval,
        clientTimeout,
        maximumReceiveMessageSize,
        detailedErrors,
        maximumParallelInvocations,
        streamBufferCapacity,
        receiveHighWater,
        sendHighWater,
        sendLimit,
        sendTimeout,
        closeTimeout,
        clientResultTimeout,
        changed);
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "hub option " + name + " is " + value + " but must be above zero");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "hub option " + name + " is " + value + " but must be at least 1");
    }
  }
}
