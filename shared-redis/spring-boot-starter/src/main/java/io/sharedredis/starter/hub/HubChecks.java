package io.sharedredis.starter.hub;

import io.sharedredis.hub.HubFilter;
import org.jspecify.annotations.Nullable;

/** Finds what is to be checked before the methods of a hub run. */
@FunctionalInterface
interface HubChecks {

  /** The check for one hub, after all other filters; null when there is nothing to check. */
  @Nullable HubFilter of(Class<?> hub);
}
