package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SessionId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one request has read of sessions already, and whether it found Redis away. Spring Session's
 * filter asks for the session of a request twice, since it saves both when the response is
 * committed and at the end; with the scope the second question costs nothing. Bound to the thread
 * by {@link SessionScopeFilter}; used by one thread at a time.
 */
final class SessionScope {

  private static final String ATTRIBUTE = SessionScope.class.getName();
  private static final ThreadLocal<@Nullable SessionScope> CURRENT = new ThreadLocal<>();

  /** Sessions by the id that was asked for; empty for ids that were no session. */
  private final Map<String, Optional<SharedSession>> read = new HashMap<>();

  private HttpServletRequest request;
  private boolean refusesNew;
  private boolean away;

  private SessionScope(HttpServletRequest request) {
    this.request = request;
  }

  /** The scope of the request that this thread works on, if any. */
  static @Nullable SessionScope current() {
    return CURRENT.get();
  }

  /** Runs {@code work} in the scope of the request, also when it is dispatched a second time. */
  static <E extends Exception, F extends Exception> void run(
      HttpServletRequest request, Work<E, F> work) throws E, F {
    SessionScope outer = CURRENT.get();
    SessionScope scope =
        request.getAttribute(ATTRIBUTE) instanceof SessionScope known
            ? known
            : new SessionScope(request);
    scope.request = request;
    request.setAttribute(ATTRIBUTE, scope);
    CURRENT.set(scope);
    try {
      work.run();
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  @Nullable Optional<SharedSession> find(String id) {
    return read.get(id);
  }

  /** The session that this request uses under an id, which may be one it has not saved yet. */
  @Nullable SharedSession inUse(String id) {
    Optional<SharedSession> known = read.get(id);
    if (known != null) {
      return known.orElse(null);
    }
    for (Optional<SharedSession> other : read.values()) {
      if (other.isPresent() && other.get().getId().equals(id)) {
        return other.get();
      }
    }
    return null;
  }

  /** The id that ASP.NET Core gave this browser, if its cookie carries one. */
  Optional<SessionId> issuedByDotnet() {
    String key = SessionCookies.issued(request);
    return key == null ? Optional.empty() : SessionId.ofDotnet(key);
  }

  void remember(String id, Optional<SharedSession> session) {
    read.put(id, session);
  }

  /** From here on this request can have no new session. */
  void refuseNew() {
    refusesNew = true;
  }

  boolean refusesNew() {
    return refusesNew;
  }

  /**
   * Redis did not answer this request in time, or not as it should. Nothing more is asked for it:
   * Spring Session saves what could not be saved again, up to three times, and each attempt would
   * wait for the deadline.
   */
  static void foundAway() {
    SessionScope scope = current();
    if (scope != null) {
      scope.away = true;
    }
  }

  /** Whether {@link #foundAway} was said in the request that this thread works on. */
  static boolean isAway() {
    SessionScope scope = current();
    return scope != null && scope.away;
  }

  HttpServletRequest request() {
    return request;
  }

  /** Something that two kinds of failure can end. */
  interface Work<E extends Exception, F extends Exception> {
    void run() throws E, F;
  }
}
