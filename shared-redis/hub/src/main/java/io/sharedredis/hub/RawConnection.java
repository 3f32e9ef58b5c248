package io.sharedredis.hub;

import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a hub protocol: bytes in, bytes out, over any of the transports.
 * Thread-safe; may be kept beyond a call of its {@link ConnectionHandler}.
 */
public interface RawConnection {

  /** Public name of the connection. */
  String connectionId();

  /** Who was signed in when the connection opened; null when nobody was. */
  default @Nullable Principal user() {
    return request().user();
  }

  /** The request that opened the connection, as it was then. */
  HubRequest request();

  /** {@code WebSockets}, {@code ServerSentEvents} or {@code LongPolling}. */
  String transport();

  /** Values of the application. Thread-safe; no null values. */
  Map<Object, Object> items();

  /**
   * Whether WebSocket messages from now on are binary; text at first. What is sent as text must be
   * UTF-8.
   */
  void useBinary(boolean binary);

  /**
   * Sends bytes, as one WebSocket message or event of their own or together with others. Never
   * blocks; the array becomes the connection's. What is sent to a closed connection is dropped, and
   * a peer that lets too much wait is cut off.
   *
   * @return completes at once while little waits, else when it has drained; a sender of much waits
   *     for it
   */
  CompletionStage<Void> send(byte[] bytes);

  /** Ends the connection after what was sent. */
  void close();

  /** Completes when the connection has ended. */
  CompletionStage<Void> ended();
}
