package io.sharedredis.hub;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way through {@link HubFilter}s.
 *
 * @param context the connection that calls
 * @param hub the object that serves the call
 * @param method the method called
 * @param arguments its arguments, those the server supplies included; not shared
 */
public record HubInvocation(
    HubCallContext context, Hub<?> hub, Method method, @Nullable Object[] arguments) {

  /** The same call with other arguments. */
  public HubInvocation with(@Nullable Object[] changed) {
    return new HubInvocation(context, hub, method, changed.clone());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HubInvocation o
        && context.equals(o.context)
        && hub.equals(o.hub)
        && method.equals(o.method)
        && Arrays.equals(arguments, o.arguments);
  }

  @Override
  public int hashCode() {
    return method.hashCode();
  }

  /** Without arguments: they may hold what does not belong in a log. */
  @Override
  public String toString() {
    return "HubInvocation[" + method + "]";
  }
}
