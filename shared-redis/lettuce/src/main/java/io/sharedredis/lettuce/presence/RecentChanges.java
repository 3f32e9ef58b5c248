package io.sharedredis.lettuce.presence;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections that changed of late, gone ones included: what a server that becomes master may
 * not have been told. Not thread-safe.
 */
final class RecentChanges {

  /**
   * Ids that are kept at most; with more, the record's number of connections is what shows a loss.
   */
  private static final int MOST = 20_000;

  private final long beats;
  private Set<String> present = new LinkedHashSet<>();
  private Set<String> before = new LinkedHashSet<>();
  private long beat;

  /**
   * @param beats for which a change is kept at least, and at most twice as many
   */
  RecentChanges(long beats) {
    this.beats = Math.max(1, beats);
  }

  void add(String connectionId) {
    if (present.size() < MOST) {
      present.add(connectionId);
    }
  }

  /** Lets time go on. */
  void beat() {
    if (++beat % beats == 0) {
      before = present;
      present = new LinkedHashSet<>();
    }
  }

  /** Adds them all to a set. */
  void addTo(Set<String> ids) {
    ids.addAll(before);
    ids.addAll(present);
  }
}
