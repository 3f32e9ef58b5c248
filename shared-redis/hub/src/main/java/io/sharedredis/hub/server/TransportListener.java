package io.sharedredis.hub.server;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A connection as its {@link HubTransport} sees it. Any thread may call; nothing here blocks. */
public interface TransportListener {

  /**
   * Takes bytes from the peer; message boundaries of the transport mean nothing. The array becomes
   * the connection's.
   */
  void received(byte[] bytes);

  /**
   * As the other, of an array that is not full.
   *
   * @param length bytes that count, from the first
   */
  default void received(byte[] bytes, int length) {
    received(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
  }

  /** The peer has ended the connection in good order, or answered our ending it. */
  void transportClosed();

  /**
   * The peer is gone without a close frame or its like. Where that was agreed on it may come back;
   * else this ends the connection as well.
   */
  default void transportLost() {
    transportClosed();
  }

  /**
   * The peer has broken the transport's own rules, and has been told so.
   *
   * @param failure what the application is told
   */
  default void transportBroken(Throwable failure) {
    transportClosed();
  }

  /** What is to be written to the peer. */
  OutputSource output();

  /**
   * Ends the connection after what is queued, with a Close message where its protocol has one.
   *
   * @param error shown to the client; null for none
   * @param allowReconnect whether the client may come back by itself
   */
  void close(@Nullable String error, boolean allowReconnect);
}
