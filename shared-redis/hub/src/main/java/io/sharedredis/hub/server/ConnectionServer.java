package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;

/** What stands behind an endpoint: a hub, or a handler of raw connections. Thread-safe. */
public interface ConnectionServer {

  /**
   * Takes up a connection whose transport is open.
   *
   * @param connectionId public name, unique in the farm
   * @param stateful whether the client has negotiated stateful reconnect; it is used when the hub
   *     allows it and the handshake asks for protocol version 2
   */
  TransportListener open(
      String connectionId, HubRequest request, HubTransport transport, boolean stateful);

  /** As the other, for a connection that ends with its transport. */
  default TransportListener open(String connectionId, HubRequest request, HubTransport transport) {
    return open(connectionId, request, transport, false);
  }

  /** Whether clients may ask for stateful reconnect. */
  default boolean allowsStatefulReconnects() {
    return false;
  }

  /** Ends what the endpoint holds, when the process stops. */
  void close();
}
