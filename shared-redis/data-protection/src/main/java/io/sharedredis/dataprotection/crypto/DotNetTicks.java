package io.sharedredis.dataprotection.crypto;

import io.sharedredis.dataprotection.DataProtectionException;
import java.time.Instant;

/** Instants as .NET counts them: units of 100 ns since the year 1, proleptic Gregorian, UTC. */
public final class DotNetTicks {
  /** The last instant .NET can express; stands for "no limit". */
  public static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999900Z");

  private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
  private static final long PER_SECOND = 10_000_000L;
  private static final int NANOS = 100;

  private DotNetTicks() {}

  /**
   * @throws IllegalArgumentException if .NET cannot express the instant
   */
  public static long of(Instant instant) {
    if (instant.isBefore(MIN) || instant.isAfter(MAX)) {
      throw new IllegalArgumentException(instant + " is outside the years 1 to 9999");
    }
    long seconds = instant.getEpochSecond() - MIN.getEpochSecond();
    return seconds * PER_SECOND + instant.getNano() / NANOS;
  }

  /**
   * @throws DataProtectionException if the number is no instant of .NET
   */
  public static Instant toInstant(long ticks) {
    if (ticks < 0 || ticks > of(MAX)) {
      throw new DataProtectionException("the payload is invalid");
    }
    return MIN.plusSeconds(ticks / PER_SECOND).plusNanos(ticks % PER_SECOND * NANOS);
  }
}
