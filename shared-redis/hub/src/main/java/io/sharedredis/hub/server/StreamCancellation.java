package io.sharedredis.hub.server;

import io.sharedredis.hub.Cancellation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Cancelled by the client or by the end of its connection. */
final class StreamCancellation implements Cancellation {
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

  StreamCancellation(CompletionStage<Void> connectionEnded) {
    CompletableFutures.whenDone(connectionEnded, (nothing, failure) -> cancel());
  }

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
