package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.hub.server.MethodObserver;
import io.sharedredis.hub.server.ObservedCall;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Times each call as {@code shared-redis.hub.invocation}, by hub, method and class of the error:
 * the same timer as that of the observation, at a fraction of its cost. Streams count until their
 * end.
 */
final class CallTimers implements CallObserver {

  /** The timer's name, and that of the observation. */
  static final String NAME = "shared-redis.hub.invocation";

  /** Value of the tag {@code error} where there was none, as Micrometer has it. */
  private static final String NO_ERROR = "none";

  /** Kinds of errors told apart for one method; far more than one throws on purpose. */
  static final int MOST_ERRORS = 20;

  private static final String OTHER_ERROR = "other";

  private final Supplier<MeterRegistry> registry;
  private final LongSupplier nanoTime;

  /**
   * @param registry asked for at the first call: it needs much of the application
   * @param nanoTime monotonic clock, in nanoseconds
   */
  CallTimers(Supplier<MeterRegistry> registry, LongSupplier nanoTime) {
    this.registry = registry;
    this.nanoTime = nanoTime;
  }

  @Override
  public MethodObserver method(String hub, String method) {
    return new TimedMethod(hub, method);
  }

  private final class TimedMethod implements MethodObserver {
    private final String hub;
    private final String method;
    private final Map<String, Timer> failed = new ConcurrentHashMap<>(0);
    private volatile @Nullable Timer succeeded;

    TimedMethod(String hub, String method) {
      this.hub = hub;
      this.method = method;
    }

    @Override
    public ObservedCall begin(HubCallContext context, Map<String, String> headers) {
      long begun = nanoTime.getAsLong();
      return failure -> timer(failure).record(nanoTime.getAsLong() - begun, TimeUnit.NANOSECONDS);
    }

    private Timer timer(@Nullable Throwable failure) {
      if (failure != null) {
        return timer(failure.getClass().getSimpleName());
      }
      Timer known = succeeded;
      if (known == null) {
        known = create(NO_ERROR);
        succeeded = known;
      }
      return known;
    }

    private Timer timer(String error) {
      Timer known = failed.get(error);
      if (known != null) {
        return known;
      }
      String name = error.isEmpty() || failed.size() >= MOST_ERRORS ? OTHER_ERROR : error;
      return failed.computeIfAbsent(name, this::create);
    }

    private Timer create(String error) {
      return Timer.builder(NAME)
          .description("Calls of hub methods, from their beginning to their answer")
          .tag("hub", hub)
          .tag("method", method)
          .tag("error", error)
          .register(registry.get());
    }
  }
}
