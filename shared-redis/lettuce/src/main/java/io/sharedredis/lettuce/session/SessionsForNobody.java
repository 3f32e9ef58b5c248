package io.sharedredis.lettuce.session;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions whose creation, or change of id, was not answered in time. Nobody holds their ids, but
 * they would take a place of their user's: they are ended as soon as Redis answers. Thread-safe.
 */
final class SessionsForNobody {

  private static final Logger log = LoggerFactory.getLogger(SessionsForNobody.class);

  /** Beyond that they end by their timeout. */
  private static final int AT_MOST = 1000;

  private final SessionScripts scripts;
  private final SessionArguments arguments;
  private final Set<SessionId> ids = ConcurrentHashMap.newKeySet();

  SessionsForNobody(SessionScripts scripts, SessionArguments arguments) {
    this.scripts = scripts;
    this.arguments = arguments;
  }

  /**
   * Ends it at once: what is sent after its creation on the same connection is done after it. Where
   * that fails too it is left for {@link #endAgain}.
   */
  void end(SessionId id) {
    if (ids.size() < AT_MOST) {
      ids.add(id);
    }
    begin(id);
  }

  /** Somebody has it after all. */
  void isHeld(SessionId id) {
    ids.remove(id);
  }

  /** Redis answers now: ends those that are left. */
  void endAgain() {
    ids.forEach(this::begin);
  }

  private void begin(SessionId id) {
    scripts
        .begin(
            SessionScripts.END,
            arguments.keys(id),
            arguments.end(id.partition(), id.internal(), id.check(), EndReason.SIGNED_OUT, ""))
        .whenComplete(
            (fields, failure) -> {
              if (failure == null) {
                ids.remove(id);
              } else {
                log.debug("Session {} may have been created for nobody", id, failure);
              }
            });
  }
}
