package io.sharedredis.lettuce.backplane;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets questions to Redis be under way at once up to a bound; others wait in their order.
 * Thread-safe.
 */
final class Turnstile {

  private record Waiting(int weight, Runnable question) {}

  private final int bound;
  private final Semaphore free;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  /** Answers that come at once, as failures do while Redis is away, must not nest. */
  private final InTurn turn = new InTurn();

  Turnstile(int bound) {
    this.bound = bound;
    this.free = new Semaphore(bound);
  }

  <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> question) {
    return pass(1, question);
  }

  /**
   * @param weight what it counts for; one beyond the bound passes alone
   */
  <T> CompletionStage<T> pass(int weight, Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> result = new CompletableFuture<>();
    int counted = Math.max(1, Math.min(weight, bound));
    waiting.add(new Waiting(counted, () -> ask(counted, question, result)));
    turn.run(this::next);
    return result;
  }

  private <T> void ask(
      int weight, Supplier<CompletionStage<T>> question, CompletableFuture<T> result) {
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
              free.release(weight);
              if (failure == null) {
                result.complete(answer);
              } else {
                result.completeExceptionally(Failures.unwrap(failure));
              }
              turn.run(this::next);
            });
  }

  private void next() {
    for (Waiting head = waiting.peek();
        head != null && free.tryAcquire(head.weight());
        head = waiting.peek()) {
      // Nobody else takes anything out: this runs in turn.
      waiting.remove();
      head.question().run();
    }
  }
}
