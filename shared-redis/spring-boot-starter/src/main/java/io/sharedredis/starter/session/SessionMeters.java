package io.sharedredis.starter.session;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.lettuce.connection.CircuitState;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.SessionCounters;
import io.sharedredis.spring.session.SharedSessionRepository;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Our session store on this replica as meters {@code shared-redis.session.*}. */
final class SessionMeters implements MeterBinder {

  private final SharedSessionRepository sessions;
  private final @Nullable SessionCookies cookies;
  private final RedisSessionStore store;

  /**
   * @param cookies null where the application reads cookies by itself
   */
  SessionMeters(
      SharedSessionRepository sessions, @Nullable SessionCookies cookies, RedisSessionStore store) {
    this.sessions = sessions;
    this.store = store;
    this.cookies = cookies;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (CircuitState state : CircuitState.values()) {
      Gauge.builder(
              "shared-redis.session.breaker", store, redis -> redis.circuit() == state ? 1 : 0)
          .tag("state", state.word())
          .description("1 for what the circuit breaker of the sessions' Redis does now")
          .register(registry);
    }
    count(registry, "loads", "Reads of sessions", SessionCounters::loads);
    count(registry, "misses", "Ids that were no session", SessionCounters::misses);
    count(registry, "saves", "Writes of sessions", SessionCounters::saves);
    count(
        registry,
        "conflicts",
        "Writes that replaced what another request had written meanwhile",
        SessionCounters::conflicts);
    count(registry, "gone", "Writes to sessions that had ended", SessionCounters::gone);
    count(registry, "refused", "Sign-ins beyond the limit", SessionCounters::beyondLimit);
    count(registry, "ended", "Sessions ended on purpose", SessionCounters::endedSessions);
    count(registry, "expired", "Expired sessions reported here", SessionCounters::expiredSessions);
    count(
        registry,
        "unavailable",
        "Reads, writes and ends of sessions that Redis did not answer in time",
        SessionCounters::unavailableCount);
    count(
        registry,
        "left-behind",
        "Attempts in vain to end a .NET or former session with ours",
        SessionCounters::leftBehindCount);
    bytes(
        registry,
        "read",
        "Bytes of sessions that were read, sealed as they are",
        SessionCounters::bytesRead);
    bytes(
        registry,
        "written",
        "Bytes of attributes that were written, before they were sealed",
        SessionCounters::bytesWritten);
    FunctionCounter.builder(
            "shared-redis.session.dropped-attributes",
            sessions,
            SharedSessionRepository::droppedAttributes)
        .description("Attributes that could not be opened or decoded")
        .register(registry);
    if (cookies != null) {
      FunctionCounter.builder(
              "shared-redis.session.refused-cookies", cookies, SessionCookies::refused)
          .description("Session cookies that nobody issued: forged, cut, of another application")
          .register(registry);
    }
  }

  private void count(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<SessionCounters> value) {
    FunctionCounter.builder("shared-redis.session." + name, sessions.counters(), value)
        .description(description)
        .register(registry);
  }

  private void bytes(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<SessionCounters> value) {
    FunctionCounter.builder("shared-redis.session." + name, sessions.counters(), value)
        .baseUnit("bytes")
        .description(description)
        .register(registry);
  }
}
