package io.sharedredis.hub.server;

import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;

/**
 * A handler of raw connections as it is served by this process.
 *
 * @param name of the handler's class
 * @param handler serves all of its connections
 * @param options limits and times; those of the hub protocol mean nothing here
 */
public record RawServer(
    String name, ConnectionHandler handler, HubOptions options, HubRuntime runtime)
    implements ConnectionServer {

  /** One that is named after the handler's class. */
  public RawServer(ConnectionHandler handler, HubOptions options, HubRuntime runtime) {
    this(handler.getClass().getName(), handler, options, runtime);
  }

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
