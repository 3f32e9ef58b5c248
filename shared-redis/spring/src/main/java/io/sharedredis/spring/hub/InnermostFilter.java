package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubFilter;
import org.aopalliance.intercept.MethodInterceptor;

/**
 * A filter that stands inside whatever surrounds the hub's bean, {@code @PreAuthorize} for one: as
 * the last advice of its proxy, and as a filter where it has none.
 */
public interface InnermostFilter extends HubFilter, MethodInterceptor {

  /** The hub's bean is a proxy, and has this as advice: nothing is to be done as a filter. */
  void advises();
}
