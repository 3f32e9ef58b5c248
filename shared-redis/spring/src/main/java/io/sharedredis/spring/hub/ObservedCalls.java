package io.sharedredis.spring.hub;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.hub.server.MethodObserver;
import io.sharedredis.hub.server.ObservedCall;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes each call of a hub method an observation, for tracers and others. While the registry does
 * nothing with observations, none is made.
 */
public final class ObservedCalls implements CallObserver {
  private final Supplier<ObservationRegistry> registry;
  private final HubInvocationConvention convention;

  /**
   * @param registry asked for with each call
   */
  public ObservedCalls(Supplier<ObservationRegistry> registry, HubInvocationConvention convention) {
    this.registry = registry;
    this.convention = convention;
  }

  @Override
  public MethodObserver method(String hub, String method) {
    return (context, headers) -> begin(hub, method, context, headers);
  }

  private ObservedCall begin(
      String hub, String method, HubCallContext call, Map<String, String> headers) {
    ObservationRegistry to = registry.get();
    if (to.isNoop()) {
      return ObservedCall.NONE;
    }
    Observation observation =
        Observation.createNotStarted(
            null, convention, () -> new HubInvocationContext(hub, method, call, headers), to);
    return new Observed(observation.start());
  }

  private record Observed(Observation observation) implements ObservedCall {

    @Override
    public Scope enter() {
      Observation.Scope scope = observation.openScope();
      return scope::close;
    }

    @Override
    public void end(@Nullable Throwable failure) {
      if (failure != null) {
        observation.error(failure);
      }
      observation.stop();
    }
  }
}
