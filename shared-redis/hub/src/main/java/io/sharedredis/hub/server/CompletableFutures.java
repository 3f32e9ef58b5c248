package io.sharedredis.hub.server;

import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Ends of stages whose outcome goes nowhere else. */
final class CompletableFutures {
  private CompletableFutures() {}

  static <T extends @Nullable Object> void whenDone(
      CompletionStage<T> stage, BiConsumer<? super T, @Nullable Throwable> end) {
    CompletionStage<T> unused = stage.whenComplete(end::accept);
  }
}
