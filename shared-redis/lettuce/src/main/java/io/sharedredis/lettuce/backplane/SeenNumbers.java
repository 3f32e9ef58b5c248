package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last number of each publisher of one channel, by which a message that comes twice is known:
 * live and from the history, or appended anew after its first master was lost. Used in turn.
 */
final class SeenNumbers {

  /** Publishers remembered: more than a farm has replicas. */
  private static final int KEPT = 256;

  private final Map<Long, Long> last =
      new LinkedHashMap<>(4, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > KEPT;
        }
      };

  boolean contains(@Nullable Stamp stamp) {
    if (stamp == null) {
      return false;
    }
    Long known = last.get(stamp.publisher());
    return known != null && stamp.number() <= known;
  }

  void add(@Nullable Stamp stamp) {
    if (stamp != null) {
      last.merge(stamp.publisher(), stamp.number(), Math::max);
    }
  }
}
