package io.sharedredis.hub.server;

import io.sharedredis.hub.Cancellation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Cancelled by the client or by the end of its connection, which tells the calls that run: a hook
 * of each call at the connection's end would outlive the call.
 */
final class StreamCancellation implements Cancellation {
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

  void cancel() {
    cancelled.complete(null);
  }

  @Override
  public boolean isCancelled() {
    return cancelled.isDone();
  }

  @Override
  public CompletionStage<Void> whenCancelled() {
    return cancelled.minimalCompletionStage();
  }
}
