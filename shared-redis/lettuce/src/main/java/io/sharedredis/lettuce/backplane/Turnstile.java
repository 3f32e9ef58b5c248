package io.sharedredis.lettuce.backplane;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets a bounded number of questions to Redis be under way at once; others wait. Thread-safe. */
final class Turnstile {

  private final Semaphore free;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Answers that come at once, as failures do while Redis is away, must not nest. */
  private final InTurn turn = new InTurn();

  Turnstile(int atOnce) {
    this.free = new Semaphore(atOnce);
  }

  <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> result = new CompletableFuture<>();
    waiting.add(() -> ask(question, result));
    turn.run(this::next);
    return result;
  }

  private <T> void ask(Supplier<CompletionStage<T>> question, CompletableFuture<T> result) {
    CompletionStage<T> asked;
    try {
      asked = question.get();
    } catch (Throwable failure) {
      // Whatever it was: whoever asked goes on, and so do the others.
      asked = CompletableFuture.failedFuture(failure);
    }
    var unused =
        asked.whenComplete(
            (answer, failure) -> {
              free.release();
              if (failure == null) {
                result.complete(answer);
              } else {
                result.completeExceptionally(Failures.unwrap(failure));
              }
              turn.run(this::next);
            });
  }

  private void next() {
    while (!waiting.isEmpty() && free.tryAcquire()) {
      Runnable question = waiting.poll();
      if (question == null) {
        free.release();
      } else {
        question.run();
      }
    }
  }
}
