package io.sharedredis.starter.hub;

/** How hub WebSockets are carried. */
public enum SocketPath {
  /** On event loops where the server's sockets can be taken over, else by the container. */
  AUTO,

  /** On event loops; the start fails where that cannot be. */
  LOOP,

  /** By the container's WebSocket API. */
  PORTABLE
}
