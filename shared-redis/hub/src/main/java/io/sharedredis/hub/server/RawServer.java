package io.sharedredis.hub.server;

import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;

/**
 * A handler of raw connections as it is served by this process.
 *
 * @param handler serves all of its connections
 * @param options limits and times; those of the hub protocol mean nothing here
 */
public record RawServer(ConnectionHandler handler, HubOptions options, HubRuntime runtime)
    implements ConnectionServer {

  @Override
  public TransportListener open(
      String connectionId, HubRequest request, HubTransport transport, boolean stateful) {
    RawServerConnection connection =
        new RawServerConnection(this, connectionId, request, transport);
    runtime.connections().add(connection);
    connection.begin();
    return connection;
  }

  @Override
  public void close() {}
}
