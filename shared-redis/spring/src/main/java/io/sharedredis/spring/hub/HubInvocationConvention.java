package io.sharedredis.spring.hub;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and tags of the observation {@code shared-redis.hub.invocation}: hub and method; of high
 * cardinality the connection's id and transport. A bean of a subclass takes its place.
 */
public class HubInvocationConvention implements ObservationConvention<HubInvocationContext> {

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof HubInvocationContext;
  }

  @Override
  public String getName() {
    return "shared-redis.hub.invocation";
  }

  @Override
  public String getContextualName(HubInvocationContext context) {
    String hub = context.hub();
    return "hub " + hub.substring(hub.lastIndexOf('.') + 1) + "/" + context.method();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(HubInvocationContext context) {
    return KeyValues.of("hub", context.hub(), "method", context.method());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(HubInvocationContext context) {
    return KeyValues.of(
        "connection", context.call().connectionId(), "transport", context.call().transport());
  }
}
