package io.sharedredis.spring.session;

import java.util.Set;

/** How a store of sessions says which of them are there. Thread-safe. */
public interface WatchedSessions {

  /** Where ends are announced. */
  String channel();

  /** The key that is there as long as the session is. */
  String key(String sessionId);

  /** Those of the sessions in use here whose end an announcement tells. */
  Set<String> ended(String announcement, Set<String> inUse);
}
