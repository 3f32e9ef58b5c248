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

  Turnstile(int atOnce) {
    this.free = new Semaphore(atOnce);
  }

  <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> question) {
    CompletableFuture<T> result = new CompletableFuture<>();
    waiting.add(
        () -> {
          var unused =
              asked(question)
                  .whenComplete(
                      (answer, failure) -> {
                        free.release();
                        if (failure == null) {
                          result.complete(answer);
                        } else {
                          result.completeExceptionally(Failures.unwrap(failure));
                        }
                        next();
                      });
        });
    next();
    return result;
  }

  private static <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
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
