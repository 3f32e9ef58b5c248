package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.session.events.SessionExpiredEvent;

/**
 * Reports expired sessions as {@link SessionExpiredEvent}, at least once in the farm: one replica
 * at a time claims them, and another follows when it dies. Sessions that expired while no replica
 * ran are reported at the next start, for a day.
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
      while (report() == BATCH && !Thread.currentThread().isInterrupted()) {
        log.debug("There may be more expired sessions");
      }
    } catch (RuntimeException e) {
      log.debug("Redis did not say which sessions have expired", e);
    }
  }

  private int report() {
    List<StoredSession> expired = store.claimExpired(claimant, CONFIRM_WITHIN, BATCH);
    List<String> reported = new ArrayList<>();
    for (StoredSession stored : expired) {
      sessions.counters().expired();
      sessions.reopened(stored).ifPresent(this::tell);
      reported.add(stored.internal());
    }
    if (!reported.isEmpty()) {
      store.confirmExpired(reported);
    }
    return expired.size();
  }

  /** A listener that fails has been told: it does not keep the others from hearing of theirs. */
  private void tell(SharedSession session) {
    try {
      events.publishEvent(new SessionExpiredEvent(this, session));
    } catch (RuntimeException e) {
      log.warn("A listener failed on the end of session {}", session.getInternalId(), e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
