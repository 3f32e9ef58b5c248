package io.sharedredis.lettuce.hub;

import java.time.Duration;

/**
 * How long claims last.
 *
 * @param lease a claim that is not renewed; default 5 min. Only bounds what a dead owner leaves
 *     behind: that it is dead is seen otherwise, within 2 s. Renewed after a third, so that a
 *     replica with 20,000 connections sends 200 commands a second
 * @param reservation from a negotiation of version 0 to the connection; default 15 s, as in ASP.NET
 *     Core
 * @param tombstone how long it is remembered that a connection has ended; default 20 s: as long as
 *     its token could claim it again, and the clocks of replicas may differ
 */
public record ClaimTimes(Duration lease, Duration reservation, Duration tombstone) {

  /** The defaults named above. */
  public static final ClaimTimes DEFAULT =
      new ClaimTimes(Duration.ofMinutes(5), Duration.ofSeconds(15), Duration.ofSeconds(20));

  /** Clocks of replicas may differ by so much. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  public ClaimTimes {
    positive("lease", lease);
    positive("reservation", reservation);
    positive("tombstone", tombstone);
  }

  /** The times for tokens that are good for so long. */
  public static ClaimTimes forTokensOf(Duration lifetime) {
    return new ClaimTimes(DEFAULT.lease(), lifetime, lifetime.plus(CLOCK_SKEW));
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "claim time '" + name + "' must be longer than nothing, but is " + value);
    }
  }
}
