package io.sharedredis.hub.server;

import io.sharedredis.hub.HubCallContext;
import java.util.Map;

/** Sees the calls of one hub method. Thread-safe; must not block. */
@FunctionalInterface
public interface MethodObserver {

  /** Sees nothing. */
  MethodObserver NONE = (context, headers) -> ObservedCall.NONE;

  /**
   * A call is about to run, on this thread.
   *
   * @param headers those of the client's message
   */
  ObservedCall begin(HubCallContext context, Map<String, String> headers);
}
