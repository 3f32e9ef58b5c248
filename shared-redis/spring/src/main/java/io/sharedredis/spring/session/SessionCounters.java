package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.StoredSession;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What happened to sessions on this replica since the start. Thread-safe. */
public final class SessionCounters {

  private final LongAdder loads = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder saves = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder gone = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder unavailable = new LongAdder();

  void loaded(Optional<StoredSession> found) {
    loads.increment();
    if (found.isEmpty()) {
      misses.increment();
    }
    found.ifPresent(session -> bytes.add(session.size()));
  }

  void saved(SaveOutcome outcome) {
    if (outcome instanceof SaveOutcome.Saved saved) {
      saves.increment();
      if (saved.conflict()) {
        conflicts.increment();
      }
      ended.add(saved.ended().size());
    } else if (outcome instanceof SaveOutcome.Gone) {
      gone.increment();
    } else if (outcome instanceof SaveOutcome.Refused) {
      refused.increment();
    }
  }

  void refused() {
    misses.increment();
  }

  void ended() {
    ended.increment();
  }

  void expired() {
    expired.increment();
  }

  void unavailable() {
    unavailable.increment();
  }

  /** Reads of sessions. */
  public long loads() {
    return loads.sum();
  }

  /** Ids that were no session, forged ones among them. */
  public long misses() {
    return misses.sum();
  }

  /** Bytes that were read. */
  public long bytes() {
    return bytes.sum();
  }

  /** Writes of sessions. */
  public long saves() {
    return saves.sum();
  }

  /** Writes that replaced what another request had written meanwhile. */
  public long conflicts() {
    return conflicts.sum();
  }

  /** Writes to sessions that had ended. */
  public long gone() {
    return gone.sum();
  }

  /** Sign-ins beyond the limit that were refused. */
  public long beyondLimit() {
    return refused.sum();
  }

  /** Sessions that were ended, by sign-out, by their owner, or for the limit. */
  public long endedSessions() {
    return ended.sum();
  }

  /** Expired sessions that this replica reported. */
  public long expiredSessions() {
    return expired.sum();
  }

  /** Reads and writes that Redis did not answer in time. */
  public long unavailableCount() {
    return unavailable.sum();
  }
}
