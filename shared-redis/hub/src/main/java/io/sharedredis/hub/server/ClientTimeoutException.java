package io.sharedredis.hub.server;

/** A client that used to ping has fallen silent. */
final class ClientTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClientTimeoutException() {
    super("Client hasn't sent a message/ping within the configured ClientTimeoutInterval.");
  }
}
