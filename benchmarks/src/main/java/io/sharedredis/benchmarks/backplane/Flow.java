package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.measure.CpuTimeProfiler;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Messages on one way: as many as go, or one after the other. */
final class Flow {
  /** Messages on their way at once: enough that nobody waits for the other side. */
  private static final int WINDOW = 1024;

  /** Arrivals that are told to the sender together, which sleeps and wakes seldom that way. */
  private static final int TOLD = 64;

  /** Longest wait for what is still on its way; longer means that something was lost. */
  private static final long LOST_SECONDS = 20;

  private final String name;
  private final Way way;
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile long arrivedAt;
  private long sent;
  private long all;

  Flow(String name, Way way) {
    this.name = name;
    this.way = way;
  }

  /**
   * How many arrived, all included until the last one was there; what could not be sent is left
   * out.
   *
   * @param cpuNanos processor time of this JVM's threads a message
   */
  record Throughput(double perSecond, double cpuNanos) {}

  Throughput throughput(long millis) throws InterruptedException {
    Semaphore window = new Semaphore(WINDOW);
    Runnable arrival =
        () -> {
          if (arrived.incrementAndGet() % TOLD == 0) {
            window.release(TOLD);
          }
        };
    way.onArrival(arrival);
    begin();
    long failedBefore = failures.get();
    long cpu = CpuTimeProfiler.total();
    long start = System.nanoTime();
    long until = start + millis * 1_000_000;
    while (System.nanoTime() - until < 0) {
      for (int i = 0; i < TOLD; i++) {
        if (!window.tryAcquire(LOST_SECONDS, TimeUnit.SECONDS)) {
          throw lost();
        }
        sent++;
        send(arrival);
      }
    }
    awaitAll();
    double nanos = System.nanoTime() - start;
    long delivered = sent - (failures.get() - failedBefore);
    return new Throughput(
        delivered * 1e9 / nanos, (double) (CpuTimeProfiler.total() - cpu) / Math.max(1, delivered));
  }

  /**
   * Sorted nanoseconds from the call to the arrival, one message at a time, of those that arrived.
   */
  long[] latencies(long millis) {
    Thread sender = Thread.currentThread();
    Runnable arrival =
        () -> {
          arrivedAt = System.nanoTime();
          arrived.incrementAndGet();
          LockSupport.unpark(sender);
        };
    way.onArrival(arrival);
    begin();
    long[] nanos = new long[1 << 18];
    int delivered = 0;
    long until = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() - until < 0 && sent < nanos.length) {
      long failedBefore = failures.get();
      long start = System.nanoTime();
      sent++;
      send(arrival);
      awaitAll();
      if (failures.get() == failedBefore) {
        nanos[delivered++] = arrivedAt - start;
      }
    }
    if (delivered == 0) {
      throw new IllegalStateException(name + ": none of " + sent + " messages could be sent");
    }
    long[] sorted = Arrays.copyOf(nanos, delivered);
    Arrays.sort(sorted);
    return sorted;
  }

  /** One that cannot be sent, as on a machine that stands still for a deadline, is not awaited. */
  private void send(Runnable arrival) {
    all++;
    var unused =
        way.send()
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    failures.incrementAndGet();
                    arrival.run();
                  }
                });
  }

  /**
   * How many could not be sent so far.
   *
   * @throws IllegalStateException if it was not the machine that failed them, but all of them do
   */
  long failures() {
    if (failures.get() > all / 10) {
      throw new IllegalStateException(name + ": of " + all + " messages " + failures + " failed");
    }
    return failures.get();
  }

  /** Warmed up: what failed until now is no part of what is measured. */
  void forgetFailures() {
    failures.set(0);
    all = 0;
  }

  private void begin() {
    arrived.set(0);
    sent = 0;
  }

  private void awaitAll() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_SECONDS);
    while (arrived.get() < sent) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      if (System.nanoTime() - deadline > 0) {
        throw lost();
      }
    }
  }

  private IllegalStateException lost() {
    return new IllegalStateException(
        name
            + ": of "
            + sent
            + " messages "
            + arrived.get()
            + " arrived within "
            + LOST_SECONDS
            + " s");
  }
}
