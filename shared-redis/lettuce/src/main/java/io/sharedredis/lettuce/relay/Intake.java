package io.sharedredis.lettuce.relay;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what comes over the wire one after the other, in order: on the wire's own thread, which
 * must not block, unless it may, or something before it does.
 */
final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /** Bytes that wait, above which the rest is left to be sent again: 8 MiB. */
  private static final long MOST_BYTES = 8L * 1024 * 1024;

  /** What a message costs beside its bytes. */
  private static final long FIXED_BYTES = 200;

  private record Waiting(long bytes, Runnable task) {}

  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Waiting> waiting = new ArrayDeque<>(0);
  private long waitingBytes;
  private boolean busy;

  /**
   * @param executor runs what may block
   */
  Intake(Executor executor) {
    this.executor = executor;
  }

  /**
   * Runs the task, sooner or later; on the wire's thread only.
   *
   * @param bytes of the message
   * @param quick whether it blocks for nothing
   */
  void take(int bytes, boolean quick, Runnable task) {
    if (queued(bytes + FIXED_BYTES, quick, task)) {
      return;
    }
    if (quick) {
      run(task);
      return;
    }
    try {
      executor.execute(() -> runAll(task));
    } catch (RejectedExecutionException e) {
      log.debug("The process ends; what other replicas say is not heard any more");
    }
  }

  /** Whether it waits behind others, or finds no room to; if not, others wait for it. */
  private boolean queued(long bytes, boolean quick, Runnable task) {
    lock.lock();
    try {
      if (!busy) {
        busy = !quick;
        return false;
      }
      if (waitingBytes + bytes <= MOST_BYTES) {
        waitingBytes += bytes;
        waiting.add(new Waiting(bytes, task));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void runAll(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      run(task);
    }
  }

  private @Nullable Runnable next() {
    lock.lock();
    try {
      Waiting next = waiting.poll();
      busy = next != null;
      if (next == null) {
        return null;
      }
      waitingBytes -= next.bytes();
      return next.task();
    } finally {
      lock.unlock();
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      // An Error as well: who stops here would leave all that waits behind it lying.
      log.error("A message of another replica could not be taken", e);
    }
  }
}
