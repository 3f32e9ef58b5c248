package io.sharedredis.hub.server;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks that may block one after the other on an executor, in the order given. Thread-safe.
 */
final class SerialTasks {
  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
  private boolean running;

  SerialTasks(Executor executor) {
    this.executor = executor;
  }

  void execute(Runnable task) {
    synchronized (this) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    start();
  }

  private void start() {
    try {
      executor.execute(this::runAll);
    } catch (RejectedExecutionException e) {
      // The process stops, or is flooded: the end of a connection must still be told.
      runAll();
    }
  }

  private void runAll() {
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = waiting.poll();
    running = task != null;
    return task;
  }
}
