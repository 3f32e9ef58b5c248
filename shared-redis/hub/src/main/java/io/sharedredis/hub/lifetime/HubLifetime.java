package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections, groups and users of one hub across all replicas; its model is ASP.NET Core's
 * {@code HubLifetimeManager}.
 *
 * <p>Nothing blocks: every method returns at once and reports through its stage. Safe for use by
 * many threads. For one connection {@link #onConnected} ends before {@link #onDisconnected} begins;
 * {@code onDisconnected} follows every {@code onConnected} that was begun, failed ones included.
 */
public interface HubLifetime extends AutoCloseable {

  /**
   * Takes up a connection of this process. Until the stage is complete no message of the client is
   * read.
   */
  CompletionStage<Void> onConnected(HubConnection connection);

  /**
   * Takes up a connection that comes from another replica, with its groups. Completes when whatever
   * is sent to it reaches it here.
   */
  default CompletionStage<Void> onArriving(HubConnection connection, Set<String> groups) {
    return onConnected(connection)
        .thenCompose(
            done ->
                CompletableFuture.allOf(
                    groups.stream()
                        .map(group -> addToGroup(connection.connectionId(), group))
                        .map(CompletionStage::toCompletableFuture)
                        .toArray(CompletableFuture[]::new)));
  }

  /**
   * Ends what is delivered reliably to a connection that goes on at another replica.
   *
   * @return up to where it was given what, for {@link #settle} there; empty where there is nothing
   *     to say, null where nobody can tell now, and then nothing has ended
   */
  default byte @Nullable [] depart(HubConnection connection) {
    return new byte[0];
  }

  /** What was delivered up to now the replica that an arriving connection comes from has given. */
  default void cut(HubConnection connection) {}

  /**
   * An arriving connection has its past; it goes on behind what it was given before.
   *
   * @param places what {@link #depart} said there; empty from a replica that does not say
   */
  default void settle(HubConnection connection, byte[] places) {}

  /** The groups of a connection of this process. */
  default Set<String> groupsOf(String connectionId) {
    return Set.of();
  }

  /**
   * Passes a message on to a connection that has gone on at another replica.
   *
   * @param protocol the one it speaks
   * @param frame the message in that protocol
   */
  default CompletionStage<Void> forward(String connectionId, String protocol, byte[] frame) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("there is no other replica"));
  }

  /**
   * Forgets a connection with its groups, its user and the client results awaited from it, which
   * fail with {@code Connection 'X' disconnected.}
   */
  CompletionStage<Void> onDisconnected(HubConnection connection);

  /**
   * Sends to recipients on all replicas. Completes when the message is handed over, not when it is
   * received; fails when it could not be handed to other replicas (recipients of this one may have
   * received it). Two sends of one caller, the second begun after the first completed, arrive in
   * order.
   */
  CompletionStage<Void> send(Recipients recipients, Invocation message);

  /**
   * Sends to recipients on all replicas through a history from which those that missed it take it.
   * Completes when the message is kept there.
   *
   * @param idempotencyKey names the message, which is then kept once for each group, user or
   *     connection however often it is sent; null for none
   */
  default CompletionStage<Void> sendReliably(
      Recipients recipients, Invocation message, @Nullable String idempotencyKey) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("reliable messages are not switched on"));
  }

  /** Whether {@link #sendReliably} can be used. */
  default boolean sendsReliably() {
    return false;
  }

  /**
   * Tells {@code listener} from now on about reliable messages that clients of this process missed
   * for good. It must not block.
   */
  default void onGap(Consumer<ReliableGap> listener) {}

  /**
   * Adds a connection, of this or another replica, to a group. Completes when messages to the group
   * reach it; an unknown connection is no error.
   */
  CompletionStage<Void> addToGroup(String connectionId, String group);

  /** Takes a connection, of this or another replica, out of a group. */
  CompletionStage<Void> removeFromGroup(String connectionId, String group);

  /**
   * Calls a method of one client, on whichever replica, and awaits its answer, bound to {@code
   * resultType}. Cancelling the future forgets the call (the client is not told); deadlines are the
   * caller's. Fails with
   *
   * <ul>
   *   <li>{@link ClientResultException} with {@code Connection 'X' does not exist.} or {@code
   *       Connection 'X' disconnected.}
   *   <li>{@link io.sharedredis.hub.HubException} with the client's own error text
   * </ul>
   *
   * @param resultType {@code void.class} when an answer without a result is enough
   */
  CompletableFuture<@Nullable Object> invoke(
      String connectionId,
      String target,
      List<? extends @Nullable Object> arguments,
      Type resultType);

  /**
   * Takes the Completion that {@code connection}'s client sent. An id nobody waits for is ignored.
   *
   * @throws ClientResultException with {@code Connection ID 'c' is not valid for invocation ID
   *     'i'.} when another connection was asked; the offender is then cut off while the wait goes
   *     on
   */
  void completeInvocation(HubConnection connection, Completion completion);

  /** How many there are in this process. */
  default Counts counts() {
    return new Counts(0, 0, 0);
  }

  /**
   * What a hub has in one process.
   *
   * @param groups those with a connection here
   * @param users those with a connection here
   */
  record Counts(int connections, int groups, int users) {}

  /** Who is connected, on all replicas. */
  Presence presence();

  /** Releases what this process holds; open connections are the caller's business. */
  @Override
  void close();
}
