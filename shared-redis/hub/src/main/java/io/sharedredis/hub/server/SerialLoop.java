package io.sharedredis.hub.server;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
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

  void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() != 0) {
      return;
    }
    do {
      Runnable next = tasks.poll();
      if (next != null) {
        run(next);
      }
    } while (waiting.decrementAndGet() != 0);
  }

  // A task that throws is a defect, but must not stop the ones after it for ever.
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      LOG.error("A step of a connection failed", failure);
    }
  }
}
