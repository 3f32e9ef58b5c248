package io.sharedredis.starter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.spring.session.GuardedSessions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.session.SessionRepository;

/**
 * The key ring and the sessions as meters {@code shared-redis.key-ring.*} and {@code .session.*}.
 */
final class FarmMeters implements MeterBinder {

  private final KeyManager keys;
  private final @Nullable SessionRepository<?> sessions;
  private final InstantSource clock;

  FarmMeters(KeyManager keys, @Nullable SessionRepository<?> sessions, InstantSource clock) {
    this.keys = keys;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("shared-redis.key-ring.keys", keys, ofRing(ring -> ring.keys().size()))
        .description("Keys of the ring this replica works with; none until it is loaded")
        .register(registry);
    TimeGauge.builder(
            "shared-redis.key-ring.age",
            keys,
            TimeUnit.MILLISECONDS,
            ofRing(ring -> Duration.between(ring.loadedAt(), clock.instant()).toMillis()))
        .description("Since the ring was read from its store")
        .register(registry);
    TimeGauge.builder(
            "shared-redis.key-ring.default-key.expires",
            keys,
            TimeUnit.MILLISECONDS,
            ofRing(
                ring ->
                    Duration.between(clock.instant(), ring.defaultKey().expiration()).toMillis()))
        .description("Until the key that protects expires")
        .register(registry);
    if (sessions instanceof GuardedSessions<?> guarded) {
      FunctionCounter.builder(
              "shared-redis.session.unavailable", guarded, GuardedSessions::unavailableCount)
          .description("Reads and writes of sessions that Redis did not answer in time")
          .register(registry);
    }
  }

  /** From the ring in memory only: looking at meters must not make a replica read its store. */
  private static ToDoubleFunction<KeyManager> ofRing(ToDoubleFunction<KeyRing> value) {
    return keys -> keys.loadedRing().map(value::applyAsDouble).orElse(Double.NaN);
  }
}
