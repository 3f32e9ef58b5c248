package io.sharedredis.hub.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lifetime and hub know of a connection: taken up by the lifetime first, then by the hub; left
 * in the other order, and only after it was taken up, however early the connection was lost.
 * Thread-safe; nothing blocks.
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final ServerConnection connection;
  private final HubServer server;
  private final HubInvoker invoker;
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private volatile boolean hubKnowsIt;

  Membership(ServerConnection connection, HubServer server, HubInvoker invoker) {
    this.connection = connection;
    this.server = server;
    this.invoker = invoker;
  }

  /**
   * Makes lifetime and hub take the connection up.
   *
   * @param outcome gets null, or why one of them did not
   */
  void takeUp(Consumer<@Nullable Throwable> outcome) {
    CompletableFutures.whenDone(
        server.lifetime().onConnected(connection),
        (nothing, failure) -> {
          if (failure == null) {
            execute(() -> takeUpByHub(outcome));
          } else {
            settle(failure, outcome);
          }
        });
  }

  private void takeUpByHub(Consumer<@Nullable Throwable> outcome) {
    CompletionStage<Void> groups;
    try {
      groups = invoker.connected();
    } catch (Throwable failure) {
      settle(failure, outcome);
      return;
    }
    CompletableFutures.whenDone(groups, (nothing, failure) -> settle(failure, outcome));
  }

  /** Another replica's hub has taken it up. */
  void arrived() {
    hubKnowsIt = true;
    settled.complete(null);
  }

  private void settle(@Nullable Throwable failure, Consumer<@Nullable Throwable> outcome) {
    hubKnowsIt = failure == null;
    outcome.accept(failure == null ? null : ErrorTexts.unwrap(failure));
    settled.complete(null);
  }

  /**
   * Tells both that the connection has ended, once it has been taken up.
   *
   * @param failure what the hub is told
   * @param before runs before application code does
   * @param after runs when both know
   */
  void leave(@Nullable Throwable failure, Runnable before, Runnable after) {
    CompletableFutures.whenDone(
        settled, (nothing, ignored) -> execute(() -> leaveHub(failure, before, after)));
  }

  private void leaveHub(@Nullable Throwable failure, Runnable before, Runnable after) {
    before.run();
    CompletionStage<Void> groups = CompletableFuture.completedFuture(null);
    if (hubKnowsIt) {
      try {
        groups = invoker.disconnected(failure);
      } catch (Throwable hubFailure) {
        LOG.warn("Connection {}: onDisconnected failed", connection.connectionId(), hubFailure);
      }
    }
    CompletableFutures.whenDone(groups, (nothing, ignored) -> leaveLifetime(after));
  }

  private void leaveLifetime(Runnable after) {
    CompletableFutures.whenDone(
        server.lifetime().onDisconnected(connection),
        (nothing, failure) -> {
          if (failure != null) {
            LOG.warn(
                "Connection {} could not be taken from its groups",
                connection.connectionId(),
                failure);
          }
          after.run();
        });
  }

  private void execute(Runnable task) {
    try {
      server.runtime().executor().execute(task);
    } catch (RejectedExecutionException e) {
      // The process stops, or is flooded: the end of a connection must still be told.
      task.run();
    }
  }
}
