package io.sharedredis.spring.session;

import java.util.Set;

/**
 * What hangs on HTTP sessions in this process, such as hub connections, and ends with them. Called
 * from one thread; must not block.
 */
public interface SessionConnections {

  /** Ids of the sessions on which anything hangs now. */
  Set<String> sessionIds();

  /** Ends what hangs on the session; one that nothing hangs on is passed over. */
  void sessionEnded(String sessionId);
}
