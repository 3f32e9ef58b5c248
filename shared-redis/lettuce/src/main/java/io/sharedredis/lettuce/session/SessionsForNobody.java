package io.sharedredis.lettuce.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions whose creation, or change of id, was not answered in time. Nobody holds their ids, but
 * they would take a place of their user's: they are ended as soon as Redis answers. Thread-safe.
 *
 * <p>Redis does in order what one connection sends. A write whose script Redis had forgotten is
 * sent again when Redis says so; where that is behind its end, the session goes with its timeout.
 */
final class SessionsForNobody {

  private static final Logger log = LoggerFactory.getLogger(SessionsForNobody.class);

  /** Beyond that they end by their timeout. */
  private static final int AT_MOST = 1000;

  private final SessionScripts scripts;
  private final SessionArguments arguments;

  /** With what tells one attempt under an id from a later one. */
  private final Map<SessionId, Object> ids = new ConcurrentHashMap<>();

  /** Held while an end is handed to the driver: none is sent behind what holds the id again. */
  private final ReentrantLock sending = new ReentrantLock();

  SessionsForNobody(SessionScripts scripts, SessionArguments arguments) {
    this.scripts = scripts;
    this.arguments = arguments;
  }

  /**
   * Ends it at once: what is sent after its creation on the same connection is done after it. Where
   * that fails too it is left for {@link #endAgain}.
   */
  void end(SessionId id) {
    Object attempt = new Object();
    if (ids.size() < AT_MOST) {
      ids.put(id, attempt);
      begin(id, attempt);
    } else {
      watch(id, attempt, send(id));
    }
  }

  /**
   * Somebody may have it after all: to be called before the write that gives it to them is sent, so
   * that no end follows that write. One that was sent before is done before.
   */
  void isHeld(SessionId id) {
    if (ids.isEmpty()) {
      return;
    }
    sending.lock();
    try {
      ids.remove(id);
    } finally {
      sending.unlock();
    }
  }

  /** Redis answers now: ends those that are left. */
  void endAgain() {
    ids.forEach(this::begin);
  }

  private void begin(SessionId id, Object attempt) {
    CompletionStage<List<Object>> sent = sendUnlessHeld(id, attempt);
    if (sent != null) {
      watch(id, attempt, sent);
    }
  }

  private @Nullable CompletionStage<List<Object>> sendUnlessHeld(SessionId id, Object attempt) {
    sending.lock();
    try {
      return ids.get(id) == attempt ? send(id) : null;
    } finally {
      sending.unlock();
    }
  }

  private CompletionStage<List<Object>> send(SessionId id) {
    return scripts.begin(
        SessionScripts.END,
        arguments.keys(id),
        arguments.end(id.partition(), id.internal(), id.check(), EndReason.SIGNED_OUT, ""));
  }

  private void watch(SessionId id, Object attempt, CompletionStage<List<Object>> sent) {
    var unused =
        sent.whenComplete(
            (fields, failure) -> {
              if (failure == null) {
                ids.remove(id, attempt);
              } else {
                log.debug("Session {} may have been created for nobody", id, failure);
              }
            });
  }
}
