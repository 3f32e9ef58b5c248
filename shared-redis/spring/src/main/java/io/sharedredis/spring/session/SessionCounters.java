package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.lettuce.session.StoredSession;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What happened to sessions on this replica since the start. Thread-safe. */
public final class SessionCounters {

  private final LongAdder loads = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final LongAdder saves = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder gone = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder leftBehind = new LongAdder();

  void loaded(Optional<StoredSession> found) {
    loads.increment();
    if (found.isEmpty()) {
      misses.increment();
    }
    found.ifPresent(session -> read.add(session.size()));
  }

  void saved(SessionWrite write, SaveOutcome outcome) {
    if (outcome instanceof SaveOutcome.Saved saved) {
      saves.increment();
      for (byte[] value : write.set().values()) {
        written.add(value.length);
      }
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

  void ended(int sessions) {
    ended.add(sessions);
  }

  void expired(int sessions) {
    expired.add(sessions);
  }

  void unavailable() {
    unavailable.increment();
  }

  void leftBehind() {
    leftBehind.increment();
  }

  /** Reads of sessions. */
  public long loads() {
    return loads.sum();
  }

  /** Ids that were no session, forged ones among them. */
  public long misses() {
    return misses.sum();
  }

  /** Bytes of sessions that Redis gave, sealed, with the names of their fields. */
  public long bytesRead() {
    return read.sum();
  }

  /** Bytes of attributes' values that were written, before they were sealed. */
  public long bytesWritten() {
    return written.sum();
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

  /**
   * Sessions that were ended here: by sign-out, by their owner from another one, by an operator
   * (but not from the command line), or for the limit.
   */
  public long endedSessions() {
    return ended.sum();
  }

  /** Expired sessions that this replica reported. */
  public long expiredSessions() {
    return expired.sum();
  }

  /** Reads, writes and ends that Redis did not answer in time. */
  public long unavailableCount() {
    return unavailable.sum();
  }

  /** Attempts in vain to end what lies elsewhere with a session that ended. */
  public long leftBehindCount() {
    return leftBehind.sum();
  }
}
