package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends of sessions as our store announces them: by internal id, which is no secret. */
public final class SharedSessionEnds implements WatchedSessions {

  /** An id that is none of ours has no session, so its key is never there. */
  private static final String NONE = "none";

  private final RedisSessionStore store;

  /** Hashing thousands of ids for every announcement would be felt. */
  private final Map<String, String> internals = new ConcurrentHashMap<>();

  public SharedSessionEnds(RedisSessionStore store) {
    this.store = store;
  }

  @Override
  public String channel() {
    return store.endsChannel();
  }

  @Override
  public String key(String sessionId) {
    return SessionId.parse(sessionId).map(store::key).orElse(NONE);
  }

  @Override
  public Set<String> ended(String announcement, Set<String> inUse) {
    String ended = announcement.substring(announcement.indexOf(':') + 1);
    internals.keySet().retainAll(inUse);
    Set<String> mine = new HashSet<>();
    for (String id : inUse) {
      if (internals.computeIfAbsent(id, SharedSessionEnds::internal).equals(ended)) {
        mine.add(id);
      }
    }
    return mine;
  }

  private static String internal(String sessionId) {
    return SessionId.parse(sessionId).map(SessionId::internal).orElse(NONE);
  }
}
