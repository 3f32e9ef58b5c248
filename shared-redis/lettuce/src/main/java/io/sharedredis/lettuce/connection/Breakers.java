package io.sharedredis.lettuce.connection;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The circuit breaker of one use of Redis. */
public final class Breakers {

  /** Calls that are looked at: few, so that an outage is seen after a handful of requests. */
  private static final int WINDOW = 10;

  /** Calls before the first verdict; a single lost packet does not open the circuit. */
  private static final int AT_LEAST = 5;

  /** How long calls are refused before one is let through to try: back within a second. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private Breakers() {}

  /** A breaker that opens when at least half of the last calls ran into an outage. */
  public static CircuitBreaker forUse(String use) {
    return CircuitBreaker.of(
        use,
        CircuitBreakerConfig.custom()
            .slidingWindow(
                WINDOW,
                AT_LEAST,
                SlidingWindowType.COUNT_BASED,
                CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
            .failureRateThreshold(50)
            .waitDurationInOpenState(PAUSE)
            .permittedNumberOfCallsInHalfOpenState(2)
            .recordException(Breakers::isOutage)
            .build());
  }

  /**
   * Whether a failure says that Redis is away or too slow; an error that Redis reported about the
   * command itself says that it is there.
   */
  public static boolean isOutage(Throwable failure) {
    Throwable cause = failure;
    // Ten is deeper than any library wraps, and ends on a chain that is a circle.
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof RedisLoadingException
          || (cause instanceof RedisBusyException && !saysThatAGroupExists(cause))) {
        return true;
      }
      if (cause instanceof RedisCommandExecutionException) {
        return false;
      }
      if (cause instanceof RedisException
          || cause instanceof TimeoutException
          || cause instanceof IOException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /**
   * Lettuce makes a busy server of every reply that begins with BUSY, also of BUSYGROUP, which only
   * says that a consumer group is there already.
   */
  private static boolean saysThatAGroupExists(Throwable reply) {
    return reply.getMessage() != null && reply.getMessage().startsWith("BUSYGROUP");
  }
}
