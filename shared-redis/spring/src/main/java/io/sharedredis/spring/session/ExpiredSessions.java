package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.events.SessionExpiredEvent;

/**
 * Reports ends that no request of the session tells: expired sessions as {@link
 * SessionExpiredEvent}, those that their owner ended from another one, an operator, or the limit of
 * sessions as {@link SessionDeletedEvent}. At least once in the farm: one replica at a time claims
 * them, and another follows when it dies. Sessions that ended while no replica ran are reported at
 * the next start, for a day. The .NET session of the same cookie ends before that is told.
 */
public final class ExpiredSessions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ExpiredSessions.class);

  /** Between two questions: sessions end by the second. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Longest time for the listeners of one batch; then another replica may report them again. */
  private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(10);

  /** Sessions of one claim: with their content a few hundred kilobytes. */
  private static final int BATCH = 100;

  private final SessionStore store;
  private final SharedSessionRepository sessions;
  private final ApplicationEventPublisher events;
  private final String claimant;
  private final ScheduledExecutorService scheduler;

  /**
   * Begins to ask.
   *
   * @param claimant name of this replica, different for each
   * @param scheduler shut down by {@link #close()}
   */
  public ExpiredSessions(
      SessionStore store,
      SharedSessionRepository sessions,
      ApplicationEventPublisher events,
      String claimant,
      ScheduledExecutorService scheduler) {
    this.store = store;
    this.sessions = sessions;
    this.events = events;
    this.claimant = claimant;
    this.scheduler = scheduler;
    var unused =
        scheduler.scheduleWithFixedDelay(
            this::reportSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void reportSafely() {
    try {
      sessions.followers().tryAgain();
      while (report() && !Thread.currentThread().isInterrupted()) {
        log.debug("There may be more sessions that have ended");
      }
    } catch (RuntimeException e) {
      log.debug("Redis did not say which sessions have ended", e);
    }
  }

  /** Whether there may be more. */
  private boolean report() {
    List<StoredSession> expired = store.claimExpired(claimant, CONFIRM_WITHIN, BATCH);
    SessionFollowers followers = sessions.followers();
    report(
        expired,
        session -> {
          followers.expired(session.getId(), session.getMaxInactiveInterval());
          tell(session, new SessionExpiredEvent(this, session));
        },
        internals -> {
          store.confirmExpired(internals);
          // Not before: those that are not confirmed are reported again.
          sessions.counters().expired(internals.size());
        });
    List<StoredSession> ended = store.claimEnded(claimant, CONFIRM_WITHIN, BATCH);
    report(
        ended,
        session -> {
          followers.endedElsewhere(session.getId());
          tell(session, new SessionDeletedEvent(this, session));
        },
        store::confirmEnded);
    return expired.size() == BATCH || ended.size() == BATCH;
  }

  /** Where Redis goes away in between nothing is confirmed, so all of them are reported again. */
  private void report(
      List<StoredSession> ended, Consumer<SharedSession> each, Consumer<List<String>> confirm) {
    for (StoredSession stored : ended) {
      sessions.reopened(stored).ifPresent(each);
    }
    if (!ended.isEmpty()) {
      confirm.accept(ended.stream().map(StoredSession::internal).toList());
    }
  }

  /** A listener that fails has been told: it does not keep the others from hearing of theirs. */
  private void tell(SharedSession session, AbstractSessionEvent event) {
    try {
      events.publishEvent(event);
    } catch (RuntimeException e) {
      log.warn("A listener failed on the end of session {}", session.getInternalId(), e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
