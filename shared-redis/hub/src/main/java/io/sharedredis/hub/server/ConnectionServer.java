package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;

/** What stands behind an endpoint: a hub, or a handler of raw connections. Thread-safe. */
public interface ConnectionServer {

  /**
   * Takes up a connection whose transport is open.
   *
   * @param connectionId public name, unique in the farm
   */
  TransportListener open(String connectionId, HubRequest request, HubTransport transport);

  /** Ends what the endpoint holds, when the process stops. */
  void close();
}
