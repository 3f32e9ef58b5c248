package io.sharedredis.lettuce.backplane;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other on whichever thread brings them: who comes while one runs leaves
 * its task there and goes on. Thread-safe.
 */
final class InTurn {

  private static final Logger log = LoggerFactory.getLogger(InTurn.class);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() != 0) {
      return;
    }
    do {
      Runnable next = tasks.poll();
      try {
        if (next != null) {
          next.run();
        }
      } catch (Throwable e) {
        // An Error as well: who stops here would leave all later tasks lying.
        log.warn("A task of the backplane failed", e);
      }
    } while (waiting.decrementAndGet() != 0);
  }
}
