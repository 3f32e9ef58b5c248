package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A client connected to this process, past its handshake. Safe for use by many threads; nothing
 * here blocks.
 */
public interface HubConnection {

  /** Public name of the connection, 22 characters of base64url. */
  String connectionId();

  /**
   * The user as the {@link io.sharedredis.hub.UserIdProvider} named it at the handshake; null when
   * anonymous.
   */
  @Nullable String userId();

  /** The protocol agreed on in the handshake. */
  HubProtocol protocol();

  /**
   * Whether it may go on at another replica. Where there are several such a connection takes what
   * is sent to groups, users and all from the bus alone, in the bus's order, also what this replica
   * sends: only then can two replicas agree on which of them delivers a message.
   */
  default boolean mayMove() {
    return false;
  }

  /**
   * Whether it is on its way from or to another replica: then this holds for what is sent to it
   * alone too.
   */
  default boolean moving() {
    return false;
  }

  /** Whether it is on its way to another replica, which sees to its groups from then on. */
  default boolean leaving() {
    return false;
  }

  /** Whether it goes on: false as soon as its end has begun, also while the hub is told of it. */
  default boolean open() {
    return true;
  }

  /** The request that opened the connection, as it was then. */
  HubRequest request();

  /** Values of the application, kept as long as the connection. Thread-safe. */
  Map<Object, Object> items();

  /**
   * Queues a message. Never blocks and never throws because of the peer: what is sent to a closed
   * connection is dropped, and a peer that lets its queue grow past its bound is cut off and may
   * reconnect.
   *
   * @return completes at once while the queue is below its high-water mark, else when it has
   *     drained. A stream, or a hub method that calls this client alone, waits for it; a broadcast
   *     does not
   */
  CompletionStage<Void> send(SerializedHubMessage message);

  /**
   * Completes when nothing that was sent waits for the client. Other than what {@link #send}
   * answers, also where senders are not to wait because the client is not heard for a while: for
   * those who give it much at once, such as what it has missed.
   */
  default CompletionStage<Void> drained() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Completes when the client is known to have received whatever was sent to it before; not at all
   * should it be lost first. Fails when that cannot be found out now: ask again later.
   */
  default CompletionStage<Void> confirmed() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Ends the connection after what is queued, with a Close message.
   *
   * @param error shown to the client; null for none
   * @param allowReconnect whether the client may come back by itself
   */
  void close(@Nullable String error, boolean allowReconnect);
}
