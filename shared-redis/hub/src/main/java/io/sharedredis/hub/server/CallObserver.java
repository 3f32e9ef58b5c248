package io.sharedredis.hub.server;

/**
 * Sees the calls that clients make, for meters and traces. Asked at the start, once for each
 * method, so that a call costs no look-up. Thread-safe.
 */
@FunctionalInterface
public interface CallObserver {

  /**
   * What all calls count under that name no method: clients choose such names, and there is no end
   * of them.
   */
  String UNKNOWN_METHOD = "(unknown)";

  /** Sees nothing and costs nothing. */
  CallObserver NONE = (hub, method) -> MethodObserver.NONE;

  /**
   * Who sees the calls of one method.
   *
   * @param hub full name of the hub
   * @param method its name as clients know it, or {@link #UNKNOWN_METHOD}
   */
  MethodObserver method(String hub, String method);
}
