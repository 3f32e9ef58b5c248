package io.sharedredis.hub.lifetime;

/** A client's answer could not be had, for a reason that lies with its connection. */
public final class ClientResultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientResultException(String message) {
    super(message);
  }

  public static ClientResultException unknownConnection(String connectionId) {
    return new ClientResultException("Connection '" + connectionId + "' does not exist.");
  }

  public static ClientResultException disconnected(String connectionId) {
    return new ClientResultException("Connection '" + connectionId + "' disconnected.");
  }
}
