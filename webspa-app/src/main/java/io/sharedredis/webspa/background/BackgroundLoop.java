package io.sharedredis.webspa.background;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one piece of work again and again on a thread of its own. The work says how long to rest
 * until the next round; {@link #wake()} cuts a rest short. A round that throws is followed by
 * another.
 */
public final class BackgroundLoop {

  private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);

  /** Rest after a failed round: a dependency that is away is asked once a second. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /** How long {@link #stop()} lets a round finish. */
  private static final Duration FINISH = Duration.ofSeconds(5);

  private final String name;
  private final Supplier<Duration> work;
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile boolean running;
  private volatile @Nullable Thread thread;

  /**
   * @param work one round; returns the rest until the next
   */
  public BackgroundLoop(String name, Supplier<Duration> work) {
    this.name = name;
    this.work = work;
  }

  public void start() {
    running = true;
    Thread worker = new Thread(this::run, name);
    worker.setDaemon(true);
    thread = worker;
    worker.start();
  }

  /** Starts the next round at once, or right after the present one. */
  public void wake() {
    if (wakeUps.availablePermits() == 0) {
      wakeUps.release();
    }
  }

  /** Lets the present round finish and starts no other. */
  public void stop() {
    running = false;
    wake();
    Thread worker = thread;
    if (worker != null && worker != Thread.currentThread()) {
      try {
        worker.join(FINISH.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  public boolean isRunning() {
    return running;
  }

  private void run() {
    while (running) {
      Duration rest = AFTER_FAILURE;
      try {
        rest = work.get();
      } catch (RuntimeException e) {
        log.warn("{} failed and is tried again: {}", name, e.toString());
      }
      rest(rest);
    }
  }

  private void rest(Duration rest) {
    try {
      if (wakeUps.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
        wakeUps.drainPermits();
      }
    } catch (InterruptedException e) {
      running = false;
      Thread.currentThread().interrupt();
    }
  }
}
