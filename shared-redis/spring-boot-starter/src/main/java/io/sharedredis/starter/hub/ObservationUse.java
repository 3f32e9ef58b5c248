package io.sharedredis.starter.hub;

/** When calls of hub methods are observations. */
public enum ObservationUse {
  /** Where the application has a handler for observations that does more than meters, a tracer. */
  AUTO,
  /** In any case: the application adds its handlers to the registry itself. */
  ALWAYS,
  /** Calls have their timer only. */
  NEVER
}
