package io.sharedredis.dataprotection.keyring;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits how often unknown key ids reach the store. An id in a payload is not authenticated: any
 * stranger can make one up, and must not be able to make every request a read of the store.
 */
final class UnknownKeys {
  /** Reads that may follow each other at once; a burst of genuinely new keys is far smaller. */
  private static final int BURST = 20;

  /** Time after which one more read is allowed: ten a second at most, for all ids together. */
  private static final Duration REFILL = Duration.ofMillis(100);

  /** How long an id that was looked for in vain is not looked for again. */
  private static final Duration FORGET_AFTER = Duration.ofSeconds(10);

  /** Ids remembered; beyond, the oldest is forgotten. */
  private static final int REMEMBERED = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final Map<UUID, Instant> missing = new LinkedHashMap<>();
  private long tokens = BURST;
  private Instant refilledAt;

  UnknownKeys(InstantSource clock) {
    this.clock = clock;
    this.refilledAt = clock.instant();
  }

  /** Whether the store may be asked for this id now; a yes is counted. */
  boolean mayAsk(UUID id) {
    lock.lock();
    try {
      Instant now = clock.instant();
      Instant until = missing.get(id);
      if (until != null) {
        if (now.isBefore(until)) {
          return false;
        }
        missing.remove(id);
      }
      refill(now);
      if (tokens == 0) {
        return false;
      }
      tokens--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The store does not hold this id. */
  void remember(UUID id) {
    lock.lock();
    try {
      missing.remove(id);
      missing.put(id, clock.instant().plus(FORGET_AFTER));
      if (missing.size() > REMEMBERED) {
        missing.remove(missing.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  private void refill(Instant now) {
    long steps = Duration.between(refilledAt, now).toMillis() / REFILL.toMillis();
    if (steps < 0 || steps >= BURST) {
      tokens = BURST;
      refilledAt = now;
    } else if (steps > 0) {
      tokens = Math.min(BURST, tokens + steps);
      refilledAt = refilledAt.plus(REFILL.multipliedBy(steps));
    }
  }
}
