package io.sharedredis.netty;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How long the steps on the event loops take, since the start. Thread-safe. */
public final class LoopMeter {

  /**
   * A step that holds up every other connection of its loop for longer is counted as slow; 1 ms is
   * a tenth of what a person could notice with ten of them in a row.
   */
  public static final long SLOW_NANOS = 1_000_000;

  private final LongAdder steps = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder slow = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  void took(long stepNanos) {
    steps.increment();
    nanos.add(stepNanos);
    if (stepNanos > SLOW_NANOS) {
      slow.increment();
      longest.accumulate(stepNanos);
    }
  }

  /** Steps so far. */
  public long steps() {
    return steps.sum();
  }

  /** Nanoseconds of all steps together. */
  public long nanos() {
    return nanos.sum();
  }

  /** Steps that took longer than {@link #SLOW_NANOS}. */
  public long slow() {
    return slow.sum();
  }

  /** Nanoseconds of the longest slow step; 0 when there was none. */
  public long longestNanos() {
    return longest.get();
  }
}
