package io.sharedredis.hub.lifetime;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which messages with an idempotency key were sent, as far as one process remembers. */
final class SentKeys {

  /** Keys remembered; a caller that repeats a message does so after seconds, not thousands. */
  private static final int KEPT = 10_000;

  private final Map<String, Boolean> keys =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > KEPT;
        }
      };

  /** Whether a message is sent to somebody for the first time. */
  synchronized boolean first(String whom, String key) {
    return keys.put(whom + '\n' + key, Boolean.TRUE) == null;
  }
}
