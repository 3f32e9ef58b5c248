package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;
import org.jspecify.annotations.Nullable;

/**
 * One transport's hold on a connection. It ends with the transport; the connection may go on with
 * another, and then nothing that comes over this one counts any more. Thread-safe; nothing blocks.
 */
public final class Wire implements TransportListener {
  private final ServerConnection connection;
  private final HubRequest request;
  private final HubTransport transport;
  private final Outbox outbox;

  Wire(ServerConnection connection, HubRequest request, HubTransport transport, Outbox outbox) {
    this.connection = connection;
    this.request = request;
    this.transport = transport;
    this.outbox = outbox;
  }

  /** The connection it carries, or carried. */
  public ServerConnection connection() {
    return connection;
  }

  @Override
  public void received(byte[] bytes) {
    connection.received(this, bytes, bytes.length);
  }

  @Override
  public void received(byte[] bytes, int length) {
    connection.received(this, bytes, length);
  }

  @Override
  public void transportClosed() {
    connection.closed(this, null);
  }

  @Override
  public void transportBroken(Throwable failure) {
    connection.closed(this, failure);
  }

  @Override
  public void transportLost() {
    connection.lost(this);
  }

  @Override
  public OutputSource output() {
    return outbox;
  }

  @Override
  public void close(@Nullable String error, boolean allowReconnect) {
    connection.closedByTransport(error, allowReconnect);
  }

  HubRequest request() {
    return request;
  }

  HubTransport transport() {
    return transport;
  }

  Outbox outbox() {
    return outbox;
  }

  /** Ends the transport in good order, without another word. */
  void hangUp() {
    outbox.discard();
    transport.outputReady();
  }
}
