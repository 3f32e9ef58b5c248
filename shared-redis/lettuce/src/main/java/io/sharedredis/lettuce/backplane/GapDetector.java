package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells, for one subscription, whether messages of a publisher are missing. Used by the bus's
 * reading thread alone, or by its successor after a reconnect.
 */
final class GapDetector {

  /** Publishers remembered: more than a farm has replicas. */
  private static final int KEPT = 256;

  private final Map<Long, Long> lastNumbers =
      new LinkedHashMap<>(4, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > KEPT;
        }
      };

  /** Takes note of a message; true when at least one before it on this channel did not arrive. */
  synchronized boolean missed(@Nullable Stamp stamp) {
    if (stamp == null) {
      return false;
    }
    Long last = lastNumbers.put(stamp.publisher(), stamp.number());
    return last != null && stamp.previous() != 0 && stamp.previous() != last;
  }
}
