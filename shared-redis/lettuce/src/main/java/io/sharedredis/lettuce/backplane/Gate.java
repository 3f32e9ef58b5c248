package io.sharedredis.lettuce.backplane;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Holds messages back, in order, while other replicas may not hear them yet. One that is held for
 * longer than its deadline fails and is never sent.
 */
final class Gate {

  /** Messages held at once; at a deadline of half a second more than a replica sends. */
  private static final int CAPACITY = 10_000;

  private static final class Held {
    final Supplier<CompletionStage<Void>> send;
    final CompletableFuture<Void> result = new CompletableFuture<>();

    Held(Supplier<CompletionStage<Void>> send) {
      this.send = send;
    }
  }

  private final BooleanSupplier open;
  private final BooleanSupplier connected;
  private final Duration deadline;
  private final ScheduledExecutorService scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Held> held = new ArrayDeque<>();

  /** Size of {@link #held} and the one on its way out; written under the lock. */
  private volatile int heldCount;

  /**
   * @param open whether messages may pass
   * @param connected whether there is hope: without a connection messages fail at once
   * @param deadline longest time a message is held
   */
  Gate(
      BooleanSupplier open,
      BooleanSupplier connected,
      Duration deadline,
      ScheduledExecutorService scheduler) {
    this.open = open;
    this.connected = connected;
    this.deadline = deadline;
    this.scheduler = scheduler;
  }

  /** Calls {@code send} now, or as soon as messages may pass. */
  CompletionStage<Void> pass(Supplier<CompletionStage<Void>> send) {
    if (open.getAsBoolean() && heldCount == 0) {
      return send.get();
    }
    lock.lock();
    try {
      if (open.getAsBoolean() && heldCount == 0) {
        return send.get();
      }
      if (!connected.getAsBoolean()) {
        return refused("Redis is not connected now");
      }
      if (held.size() >= CAPACITY) {
        return refused("too many messages wait for the other replicas to be back");
      }
      Held message = new Held(send);
      held.add(message);
      heldCount = held.size();
      var unused =
          scheduler.schedule(() -> expire(message), deadline.toMillis(), TimeUnit.MILLISECONDS);
      return message.result;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what was held; to be called when messages may pass again. */
  void release() {
    lock.lock();
    try {
      while (open.getAsBoolean() && !held.isEmpty()) {
        Held message = held.remove();
        var unused =
            message
                .send
                .get()
                .whenComplete(
                    (done, failure) -> {
                      if (failure == null) {
                        message.result.complete(null);
                      } else {
                        message.result.completeExceptionally(Failures.unwrap(failure));
                      }
                    });
        heldCount = held.size();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether messages pass at once. */
  boolean isOpen() {
    return open.getAsBoolean();
  }

  /** How many messages are held now. */
  int held() {
    return heldCount;
  }

  private void expire(Held message) {
    boolean stillHeld;
    lock.lock();
    try {
      stillHeld = held.remove(message);
      heldCount = held.size();
    } finally {
      lock.unlock();
    }
    if (stillHeld) {
      message.result.completeExceptionally(
          BackplaneException.notSent(
              "after an outage the other replicas were not all back within " + deadline));
    }
  }

  private static CompletionStage<Void> refused(String why) {
    return CompletableFuture.failedFuture(BackplaneException.notSent(why));
  }
}
