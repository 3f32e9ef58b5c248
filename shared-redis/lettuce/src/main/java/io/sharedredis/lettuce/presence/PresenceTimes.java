package io.sharedredis.lettuce.presence;

import java.time.Duration;

/**
 * How presence is kept.
 *
 * @param beat between two renewals of a lease, each of which reads events too; default 1 s
 * @param lease of a replica; default 5 s, as long as a silent replica counts as here on the
 *     backplane: so long the connections of one that died count
 * @param refresh between two times that everything is written again, so that nothing expires;
 *     default 1 h, a third of what Redis keeps it
 */
public record PresenceTimes(Duration beat, Duration lease, Duration refresh) {

  /** The defaults named above. */
  public static final PresenceTimes DEFAULT =
      new PresenceTimes(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofHours(1));

  public PresenceTimes {
    positive("beat", beat);
    positive("refresh", refresh);
    if (lease.compareTo(beat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "presence time 'lease' must be at least two beats, but is " + lease);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "presence time '" + name + "' must be longer than nothing, but is " + value);
    }
  }
}
