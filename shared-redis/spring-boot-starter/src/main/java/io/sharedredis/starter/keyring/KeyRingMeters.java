package io.sharedredis.starter.keyring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.keyring.KeyRingCounters;
import io.sharedredis.dataprotection.keyring.KeyState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The key ring as meters {@code shared-redis.key-ring.*}. */
final class KeyRingMeters implements MeterBinder {

  private static final String PREFIX = "shared-redis.key-ring.";

  private final KeyManager keys;
  private final KeyRingCounters counters;
  private final TimedProvider timed;
  private final InstantSource clock;

  KeyRingMeters(
      KeyManager keys, KeyRingCounters counters, TimedProvider timed, InstantSource clock) {
    this.keys = keys;
    this.counters = counters;
    this.timed = timed;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (KeyState state : KeyState.values()) {
      Gauge.builder(PREFIX + "keys", keys, ofRing(ring -> in(state, ring)))
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .description("Keys of the ring this replica works with; none until it is loaded")
          .register(registry);
    }
    TimeGauge.builder(
            PREFIX + "age",
            keys,
            TimeUnit.MILLISECONDS,
            ofRing(ring -> Duration.between(ring.loadedAt(), clock.instant()).toMillis()))
        .description("Since the ring was read from its store")
        .register(registry);
    TimeGauge.builder(
            PREFIX + "default-key.expires",
            keys,
            TimeUnit.MILLISECONDS,
            ofRing(
                ring ->
                    Duration.between(clock.instant(), ring.defaultKey().expiration()).toMillis()))
        .description("Until the key that protects expires")
        .register(registry);
    count("refreshes", "Reads of the store that gave a ring", KeyRingCounters::refreshes, registry);
    count(
        "refreshes.failed",
        "Reads of the store that failed or gave no ring to work with",
        KeyRingCounters::failedRefreshes,
        registry);
    count(
        "unknown-keys",
        "Payloads whose key was not in the ring at first sight",
        KeyRingCounters::unknownKeys,
        registry);
    count(
        "revoked-uses",
        "Payloads whose key is revoked, accepted or not",
        KeyRingCounters::revokedKeys,
        registry);
    count("refused", "Payloads that were refused", KeyRingCounters::refusedPayloads, registry);
    time("protect", timed.protects(), registry);
    time("unprotect", timed.unprotects(), registry);
  }

  private void count(
      String name,
      String description,
      ToDoubleFunction<KeyRingCounters> value,
      MeterRegistry registry) {
    FunctionCounter.builder(PREFIX + name, counters, value)
        .description(description)
        .register(registry);
  }

  private static void time(String name, OperationTimes times, MeterRegistry registry) {
    FunctionTimer.builder(
            PREFIX + name,
            times,
            OperationTimes::count,
            OperationTimes::nanos,
            TimeUnit.NANOSECONDS)
        .description("Operations that succeeded, with the time they took")
        .register(registry);
  }

  private double in(KeyState state, KeyRing ring) {
    return ring.keys().stream()
        .map((Key key) -> key.stateAt(clock.instant()))
        .filter(state::equals)
        .count();
  }

  /** From the ring in memory only: looking at meters must not make a replica read its store. */
  private static ToDoubleFunction<KeyManager> ofRing(ToDoubleFunction<KeyRing> value) {
    return keys -> keys.loadedRing().map(value::applyAsDouble).orElse(Double.NaN);
  }
}
