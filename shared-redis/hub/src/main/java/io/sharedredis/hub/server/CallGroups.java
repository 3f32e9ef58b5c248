package io.sharedredis.hub.server;

import io.sharedredis.hub.HubGroups;
import io.sharedredis.hub.lifetime.HubLifetime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Groups as a call changes them; it remembers the changes so that its answer can wait for them. */
final class CallGroups implements HubGroups {
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final HubLifetime lifetime;
  private CompletableFuture<Void> changes = DONE;

  CallGroups(HubLifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public CompletionStage<Void> add(String connectionId, String group) {
    return remember(lifetime.addToGroup(connectionId, group));
  }

  @Override
  public CompletionStage<Void> remove(String connectionId, String group) {
    return remember(lifetime.removeFromGroup(connectionId, group));
  }

  private synchronized CompletionStage<Void> remember(CompletionStage<Void> change) {
    CompletableFuture<Void> future = change.toCompletableFuture();
    if (!future.isDone() || future.isCompletedExceptionally()) {
      changes = CompletableFuture.allOf(changes, future);
    }
    return change;
  }

  /** Completes when every change begun so far has. */
  synchronized CompletionStage<Void> complete() {
    return changes;
  }
}
