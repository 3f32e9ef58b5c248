package io.sharedredis.hub.server;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where hub methods run: virtual threads where the runtime has them, else a bounded pool. */
public final class HubExecutors {

  /**
   * Threads of the pool; as many as Tomcat's default, since hub methods block on the same things as
   * requests.
   */
  private static final int POOL_THREADS = 200;

  /**
   * Calls that wait for a thread; beyond it calls fail, so that a flood costs answers and not
   * memory.
   */
  private static final int POOL_QUEUE = 100_000;

  private HubExecutors() {}

  /** A new executor; the caller shuts it down. */
  public static ExecutorService create() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException beforeJava21) {
      return pool();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("virtual threads could not be used for hub methods", e);
    }
  }

  private static ExecutorService pool() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            POOL_THREADS,
            POOL_THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(POOL_QUEUE),
            task -> {
              Thread thread = new Thread(task, "hub-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
