package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/**
 * Serves connections below hubs: bytes without a hub protocol, over the same transports, with the
 * same negotiation. One handler serves all connections of its endpoint; its methods run one after
 * the other for each connection and may block. A method that throws ends the connection.
 */
public interface ConnectionHandler {

  /** A transport is open; nothing is received before this returns. */
  default void connected(RawConnection connection) throws Exception {}

  /**
   * Bytes have come. Their boundaries are the network's: a message of the client may come in
   * pieces, and several as one.
   */
  void received(RawConnection connection, byte[] bytes) throws Exception;

  /**
   * Runs once, last.
   *
   * @param failure what one of the other methods threw; null for every other end
   */
  default void disconnected(RawConnection connection, @Nullable Throwable failure)
      throws Exception {}
}
