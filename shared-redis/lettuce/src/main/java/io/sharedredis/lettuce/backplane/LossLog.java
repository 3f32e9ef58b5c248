package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.ReliableGap.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what was missed for good: the first of a reason at once, then how many since, once in
 * an interval. Whom it was for is said at debug level only, since names of users are among it.
 * Thread-safe.
 */
final class LossLog {

  private static final Logger log = LoggerFactory.getLogger(LossLog.class);

  private final String hub;
  private final Duration interval;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Reason, Since> reasons = new EnumMap<>(Reason.class);

  /** What happened since the last line. */
  private static final class Since {
    Instant line = Instant.MIN;
    long count;
  }

  LossLog(String hub, Duration interval, InstantSource clock) {
    this.hub = hub;
    this.interval = interval;
    this.clock = clock;
  }

  void lost(ReliableGap gap) {
    log.debug("Reliable messages of {} were missed for good: {}", hub, gap);
    lock.lock();
    try {
      reasons.computeIfAbsent(gap.reason(), reason -> new Since()).count++;
    } finally {
      lock.unlock();
    }
    tick();
  }

  /** Writes what is due. */
  void tick() {
    lock.lock();
    try {
      Instant due = clock.instant().minus(interval);
      reasons.forEach(
          (reason, since) -> {
            if (since.count > 0 && !since.line.isAfter(due)) {
              log.warn(
                  "Reliable messages of {} were missed for good in {} places: {}",
                  hub,
                  since.count,
                  reason);
              since.count = 0;
              since.line = clock.instant();
            }
          });
    } finally {
      lock.unlock();
    }
  }
}
