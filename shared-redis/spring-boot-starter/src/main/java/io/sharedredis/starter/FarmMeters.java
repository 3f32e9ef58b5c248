package io.sharedredis.starter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.spring.session.GuardedSessions;
import org.jspecify.annotations.Nullable;
import org.springframework.session.SessionRepository;

/** The sessions as meters {@code shared-redis.session.*}. */
final class FarmMeters implements MeterBinder {

  private final @Nullable SessionRepository<?> sessions;

  FarmMeters(@Nullable SessionRepository<?> sessions) {
    this.sessions = sessions;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (sessions instanceof GuardedSessions<?> guarded) {
      FunctionCounter.builder(
              "shared-redis.session.unavailable", guarded, GuardedSessions::unavailableCount)
          .description("Reads and writes of sessions that Redis did not answer in time")
          .register(registry);
    }
  }
}
