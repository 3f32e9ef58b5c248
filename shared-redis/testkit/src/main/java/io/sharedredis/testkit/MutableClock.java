package io.sharedredis.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class MutableClock implements InstantSource {

  private Instant now;

  private MutableClock(Instant start) {
    this.now = Objects.requireNonNull(start, "start");
  }

  /** A clock that shows {@code start}. */
  public static MutableClock at(Instant start) {
    return new MutableClock(start);
  }

  /** A clock that shows an ISO-8601 instant such as {@code 2026-01-31T12:00:00Z}. */
  public static MutableClock at(String start) {
    return new MutableClock(Instant.parse(start));
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Moves the clock by {@code amount}, backwards when it is negative, and returns the new time. */
  public synchronized Instant advance(Duration amount) {
    now = now.plus(amount);
    return now;
  }

  /** Sets the clock to {@code instant}. */
  public synchronized void set(Instant instant) {
    now = Objects.requireNonNull(instant, "instant");
  }

  @Override
  public String toString() {
    return "MutableClock[" + instant() + "]";
  }
}
