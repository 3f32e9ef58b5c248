package io.sharedredis.spring.session;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.DotnetSessionCache;
import io.sharedredis.lettuce.session.SessionTooLargeException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of ASP.NET Core beside ours: values that a .NET and a Java service behind one host name
 * share, found by the session cookie that both read. Thread-safe.
 *
 * <p>Redis that does not answer in time is {@link SessionsUnavailableException}.
 */
public final class DotnetSessions {

  private static final Logger log = LoggerFactory.getLogger(DotnetSessions.class);
  private static final String CURRENT = DotnetSessions.class.getName();
  private static final Runnable ALLOWED = () -> {};

  private final DotnetSessionCache cache;
  private final SessionCookies cookies;
  private final Supplier<UUID> ids;

  /**
   * @param cookies that of this application; other cookies are none that .NET reads
   * @param ids of new sessions, each another
   */
  public DotnetSessions(DotnetSessionCache cache, SessionCookies cookies, Supplier<UUID> ids) {
    this.cache = cache;
    this.cookies = cookies;
    this.ids = ids;
  }

  /**
   * The .NET session of the request that this thread works on. It is read when this is first asked
   * for, and written before the response begins if it changed. Without one the first change begins
   * a session, and with it the cookie.
   *
   * @throws IllegalStateException if this thread works on no request
   */
  public DotnetSession current() {
    SessionScope scope = SessionScope.current();
    if (scope == null || !(scope.request().getAttribute(CURRENT) instanceof Current current)) {
      throw new IllegalStateException("this thread works on no request that has a session");
    }
    return current.session();
  }

  /** The session under a key of .NET's cache; without values if there is none. */
  public DotnetSession open(String sessionKey) {
    return DotnetSession.of(ask(() -> cache.read(sessionKey)), ids.get(), ALLOWED);
  }

  /**
   * Writes a session that {@link #open} gave, if it changed.
   *
   * @throws SessionTooLargeException if it is too large; Redis is not asked then
   */
  public void save(String sessionKey, DotnetSession session) {
    Optional<byte[]> data = session.take();
    if (data.isEmpty()) {
      return;
    }
    boolean written = false;
    try {
      written =
          ask(
              () -> {
                cache.write(sessionKey, data.get());
                return true;
              });
    } finally {
      if (!written) {
        session.notWritten();
      }
    }
  }

  /** Removes the session under a key of .NET's cache. */
  public void remove(String sessionKey) {
    boolean unused =
        ask(
            () -> {
              cache.remove(sessionKey);
              return true;
            });
  }

  /** The request as the application sees it begins. */
  Current begin(HttpServletRequest request) {
    Current current =
        request.getAttribute(CURRENT) instanceof Current known ? known : new Current(request);
    request.setAttribute(CURRENT, current);
    return current;
  }

  /** Our session has another id now; the .NET session follows, or is lost with Redis. */
  void renamed(String from, String to) {
    try {
      boolean unused =
          ask(
              () -> {
                cache.move(from, to);
                return true;
              });
    } catch (SessionsUnavailableException | SessionTooLargeException e) {
      log.warn("A .NET session did not follow its cookie: {}", e.getMessage());
    }
  }

  /** Our session has ended: the .NET session ends with it. */
  void ended(String id) {
    SessionScope scope = SessionScope.current();
    if (scope != null && scope.request().getAttribute(CURRENT) instanceof Current current) {
      current.end();
    }
    remove(id);
  }

  /** Our session expired: the .NET session ends with it, unless the .NET side still uses it. */
  void expired(String id, Duration idle) {
    boolean unused =
        ask(
            () -> {
              cache.removeIdle(id, idle);
              return true;
            });
  }

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (RedisUnavailableException | RedisException e) {
      throw new SessionsUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The .NET session of one request, read when it is asked for; used by one thread at a time. */
  final class Current {

    private final HttpServletRequest request;
    private @Nullable DotnetSession session;

    private Current(HttpServletRequest request) {
      this.request = request;
    }

    DotnetSession session() {
      DotnetSession known = session;
      if (known == null) {
        Optional<byte[]> stored = key().flatMap(key -> ask(() -> cache.read(key)));
        known = DotnetSession.of(stored, ids.get(), this::establish);
        session = known;
      }
      return known;
    }

    /** As .NET does: the first change makes the cookie, which later ones need not. */
    private void establish() {
      if (key().isEmpty()) {
        HttpSession unused = request.getSession();
      }
    }

    /** What the cookie says, unless the session got another id since. */
    private Optional<String> key() {
      List<String> ids = cookies.readCookieValues(request);
      String issued = SessionCookies.issued(request);
      if (issued != null) {
        return Optional.of(issued);
      }
      // A cookie in Spring Session's form names a .NET session only if it names one of ours.
      HttpSession ours = ids.isEmpty() ? null : request.getSession(false);
      return Optional.ofNullable(ours).map(HttpSession::getId);
    }

    void save() {
      DotnetSession used = session;
      if (used != null) {
        key().ifPresent(key -> DotnetSessions.this.save(key, used));
      }
    }

    private void end() {
      session = null;
    }
  }
}
