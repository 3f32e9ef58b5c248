package io.sharedredis.hub;

import java.util.concurrent.CompletionStage;

/**
 * Tells a hub method that streams that nobody wants the rest: the client cancelled, or its
 * connection ended.
 */
public interface Cancellation {

  boolean isCancelled();

  /** Completes when cancelled, perhaps never. */
  CompletionStage<Void> whenCancelled();
}
