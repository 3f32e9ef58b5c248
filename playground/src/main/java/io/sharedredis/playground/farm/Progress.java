package io.sharedredis.playground.farm;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Prints one line per step with the seconds since the start. Thread-safe, as the stream is. */
public final class Progress {

  private final PrintStream out;
  private final InstantSource clock;
  private final Instant begin;

  /** Prints to {@code out}; time counts from now on {@code clock}. */
  public Progress(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.begin = clock.instant();
  }

  /** Prints one step. */
  public void step(String line) {
    out.println(String.format(Locale.ROOT, "[%5.1f s] %s", seconds(), line));
  }

  /** Prints a line as it is. */
  public void plain(String line) {
    out.println(line);
  }

  /** Seconds since the start. */
  public double seconds() {
    return Duration.between(begin, clock.instant()).toMillis() / 1000.0;
  }
}
