package io.sharedredis.spring.session;

import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.SessionId;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ends with a session though it lies elsewhere: the .NET session of the same cookie, and the
 * hash that the session was moved from. The session's own end decides; a follower that cannot be
 * ended makes no error of it. Thread-safe.
 */
final class SessionFollowers {

  private static final Logger log = LoggerFactory.getLogger(SessionFollowers.class);

  /** Ends that are tried again; beyond that a .NET session lives until it expires. */
  private static final int AGAIN_AT_MOST = 1000;

  /** Of them each second: whoever reports ends waits for the answers. */
  private static final int AGAIN_AT_ONCE = 20;

  private final SessionCounters counters;
  private final Queue<String> again = new LinkedBlockingQueue<>(AGAIN_AT_MOST);
  private @Nullable DotnetSessions dotnet;
  private @Nullable SessionMigration migration;

  SessionFollowers(SessionCounters counters) {
    this.counters = counters;
  }

  void add(DotnetSessions sessions) {
    this.dotnet = sessions;
  }

  void add(SessionMigration from) {
    this.migration = from;
  }

  @Nullable SessionMigration migration() {
    return migration;
  }

  /** The session has another id now. */
  void renamed(String from, String to) {
    DotnetSessions sessions = dotnet;
    if (sessions != null) {
      sessions.renamed(from, to);
    }
  }

  /**
   * The session was signed out. What fails is tried again; the former hash needs no second attempt,
   * since a session is moved once.
   *
   * @param asked id that was asked for, which may be one that the session had before
   * @param former id under which it was kept elsewhere, if it was
   * @param ended what the store gave back
   */
  void signedOut(
      SessionId asked, @Nullable String former, Supplier<Optional<SharedSession>> ended) {
    SessionMigration from = migration;
    if (former != null && from != null) {
      try {
        from.forget(former);
      } catch (RuntimeException e) {
        failed("the hash of Spring Session's that it came from", e);
      }
    }
    if (dotnet != null) {
      endDotnet(asked.text());
      try {
        ended
            .get()
            .map(SharedSession::getId)
            .filter(present -> !present.equals(asked.text()))
            .ifPresent(this::endDotnet);
      } catch (SessionsUnavailableException e) {
        failed("its .NET session, if it had another id", e);
      }
    }
  }

  /**
   * The session was ended from elsewhere.
   *
   * @throws SessionsUnavailableException if Redis is away: the end is to be reported again
   */
  void endedElsewhere(String id) {
    DotnetSessions sessions = dotnet;
    if (sessions != null) {
      endOrReportAgain(() -> sessions.ended(id));
    }
  }

  /**
   * The session expired.
   *
   * @param unused for how long nobody has used it
   * @throws SessionsUnavailableException if Redis is away: the end is to be reported again
   */
  void expired(String id, Duration unused) {
    DotnetSessions sessions = dotnet;
    if (sessions != null) {
      endOrReportAgain(() -> sessions.expired(id, unused));
    }
  }

  private void endOrReportAgain(Runnable end) {
    try {
      end.run();
    } catch (SessionsUnavailableException e) {
      if (e.getCause() instanceof RedisUnavailableException) {
        throw e;
      }
      // An error that Redis keeps answering: other ends are not held up by it.
      failed("its .NET session", e);
    }
  }

  private void endDotnet(String id) {
    DotnetSessions sessions = dotnet;
    if (sessions == null) {
      return;
    }
    try {
      sessions.ended(id);
    } catch (RuntimeException e) {
      failed("its .NET session", e);
      tryLater(id);
    }
  }

  private void tryLater(String id) {
    if (!again.contains(id) && !again.offer(id)) {
      log.debug("Too many .NET sessions wait for their ends");
    }
  }

  /**
   * Tries once more to end what could not be ended, in turn; asked every second. Nothing is tried
   * behind the first that Redis does not answer: each would wait for its deadline.
   */
  void tryAgain() {
    DotnetSessions sessions = dotnet;
    int most = Math.min(AGAIN_AT_ONCE, again.size());
    for (int i = 0; sessions != null && i < most; i++) {
      String id = again.poll();
      if (id == null) {
        return;
      }
      try {
        sessions.ended(id);
      } catch (RuntimeException e) {
        failed("its .NET session", e);
        tryLater(id);
        if (e.getCause() instanceof RedisUnavailableException) {
          return;
        }
      }
    }
  }

  private void failed(String what, RuntimeException e) {
    counters.leftBehind();
    log.warn("A session has ended, but not {}: {}", what, e.getMessage());
  }
}
