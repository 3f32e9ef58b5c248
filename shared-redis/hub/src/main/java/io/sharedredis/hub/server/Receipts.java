package io.sharedredis.hub.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a connection's client has received. What the operating system took for it may
 * never arrive: a client whose network is gone is noticed only when it stays silent. So its end is
 * asked: clients with stateful reconnect acknowledge by themselves, WebSockets answer a ping frame,
 * and whoever polls again has had the poll before. Where none of that is to be had, a client that
 * is heard some time later counts as one that has received. Thread-safe; nothing blocks.
 */
final class Receipts {

  /**
   * Unit: nanoseconds. How long before a client was heard something must have been written to count
   * as received: longer than it travels.
   */
  private static final long TRAVELS = TimeUnit.SECONDS.toNanos(5);

  /**
   * Unit: nanoseconds. After this a client that never speaks by itself has received what was
   * written, for otherwise its socket would have failed.
   */
  private static final long BREAKS = TimeUnit.SECONDS.toNanos(60);

  private final ServerConnection connection;
  private final Sending sending;

  /** The question under way. Guarded by this, as the rest. */
  private @Nullable CompletableFuture<Void> asked;

  /** For who asked since; it is asked when the one under way is answered. */
  private @Nullable CompletableFuture<Void> next;

  /** When that was written whose client must be heard. */
  private long writtenAt;

  private @Nullable CompletableFuture<Void> unheard;

  Receipts(ServerConnection connection, Sending sending) {
    this.connection = connection;
    this.sending = sending;
  }

  /** As {@link io.sharedredis.hub.lifetime.HubConnection#confirmed}. */
  CompletionStage<Void> confirmed() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      if (asked != null) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next;
      }
      mine = new CompletableFuture<>();
      asked = mine;
    }
    ask(mine);
    return mine;
  }

  private void ask(CompletableFuture<Void> question) {
    CompletableFutures.whenDone(question, (nothing, failure) -> answered());
    if (sending.keepsNumbered()) {
      sending.whenAcknowledged(question);
      return;
    }
    Wire to = sending.wire();
    if (to == null) {
      question.completeExceptionally(new IllegalStateException("the client is away"));
      return;
    }
    to.outbox()
        .whenWritten(
            () -> {
              if (!to.transport().confirm(() -> question.complete(null))) {
                awaitWord(question);
              }
            });
  }

  private void answered() {
    CompletableFuture<Void> following;
    synchronized (this) {
      following = next;
      next = null;
      asked = following;
    }
    if (following != null) {
      ask(following);
    }
  }

  private synchronized void awaitWord(CompletableFuture<Void> question) {
    unheard = question;
    writtenAt = connection.now();
  }

  /** Looks at the clock; called once a second. */
  void look(long lastHeard, long now) {
    CompletableFuture<Void> question = null;
    synchronized (this) {
      if (unheard != null && (lastHeard - writtenAt > TRAVELS || now - writtenAt > BREAKS)) {
        question = unheard;
        unheard = null;
      }
    }
    if (question != null) {
      question.complete(null);
    }
  }
}
