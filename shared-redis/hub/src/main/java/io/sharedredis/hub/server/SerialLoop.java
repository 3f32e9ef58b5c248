package io.sharedredis.hub.server;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs short, non-blocking tasks one after the other in the order given, on whichever thread gives
 * the first of them: a lock nobody waits for.
 */
final class SerialLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SerialLoop.class);
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** The thread inside a task. What another thread reads here is never that thread. */
  private @Nullable Thread runner;

  void execute(Runnable task) {
    if (waiting.compareAndSet(0, 1)) {
      // Nobody is before it: it need not be queued.
      run(task);
    } else {
      tasks.add(task);
      if (waiting.getAndIncrement() != 0) {
        return;
      }
      runNext();
    }
    while (waiting.decrementAndGet() != 0) {
      runNext();
    }
  }

  private void runNext() {
    Runnable next = tasks.poll();
    if (next != null) {
      run(next);
    }
  }

  // A task that throws is a defect, but must not stop the ones after it for ever.
  private void run(Runnable task) {
    runner = Thread.currentThread();
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      LOG.error("A step of a connection failed", failure);
    } finally {
      runner = null;
    }
  }

  /** Whether the caller is inside a task. */
  boolean runsHere() {
    return runner == Thread.currentThread();
  }
}
