package io.sharedredis.spring.session;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * Sessions that fail at once when Redis is away: every call ends within the command deadline with
 * {@link SessionsUnavailableException}, and without asking while the circuit is open or Redis was
 * never reached. Thread-safe.
 */
public final class GuardedSessions<S extends Session> implements SessionRepository<S> {

  private static final Logger log = LoggerFactory.getLogger(GuardedSessions.class);

  private final SessionRepository<S> sessions;
  private final CircuitBreaker breaker;
  private final BooleanSupplier joined;
  private final Consumer<String> onEnd;
  private final LongAdder unavailable = new LongAdder();

  /**
   * @param joined whether Redis was reached since the start
   * @param onEnd told the id of each session that is deleted; must not block or fail
   */
  public GuardedSessions(
      SessionRepository<S> sessions,
      CircuitBreaker breaker,
      BooleanSupplier joined,
      Consumer<String> onEnd) {
    this.sessions = sessions;
    this.breaker = breaker;
    this.joined = joined;
    this.onEnd = onEnd;
  }

  @Override
  public S createSession() {
    return sessions.createSession();
  }

  @Override
  public void save(S session) {
    try {
      run(() -> sessions.save(session));
    } catch (IllegalStateException e) {
      // Another request ended the session while this one was under way (sign-out in a second tab,
      // a new id at sign-in). What this one wanted to keep has nowhere to go; it is no error.
      log.debug("A session ended while a request used it", e);
    }
  }

  @Override
  public @Nullable S findById(String id) {
    return call(() -> sessions.findById(id));
  }

  @Override
  public void deleteById(String id) {
    run(() -> sessions.deleteById(id));
    onEnd.accept(id);
  }

  private void run(Runnable work) {
    Object unused =
        call(
            () -> {
              work.run();
              return null;
            });
  }

  private <T extends @Nullable Object> T call(Supplier<T> work) {
    if (SessionScope.isAway()) {
      throw new SessionsUnavailableException("this request found that already", null);
    }
    if (!joined.getAsBoolean()) {
      throw unavailable("Redis was not reached yet", null);
    }
    try {
      return breaker.executeSupplier(work);
    } catch (CallNotPermittedException e) {
      throw unavailable("Redis failed repeatedly just now", null);
    } catch (DataAccessException e) {
      throw unavailable(String.valueOf(e.getMessage()), e);
    }
  }

  private SessionsUnavailableException unavailable(String why, @Nullable Throwable cause) {
    unavailable.increment();
    SessionScope.foundAway();
    return new SessionsUnavailableException(why, cause);
  }

  /** How often a session could not be read or written since the start. */
  public long unavailableCount() {
    return unavailable.sum();
  }
}
