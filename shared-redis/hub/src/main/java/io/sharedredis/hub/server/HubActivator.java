package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;

/** Makes the hub object that serves one call. */
@FunctionalInterface
public interface HubActivator {

  /** A fresh hub. May run code of the application. */
  Activation activate() throws Exception;

  /** A hub cannot be made, for something it needs is not there. */
  final class UnresolvedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param needed type that nobody provides
     * @param hub type of the hub
     */
    public UnresolvedException(String needed, String hub, Throwable cause) {
      super(
          "Unable to resolve service for type '"
              + needed
              + "' while attempting to activate '"
              + hub
              + "'.",
          cause);
    }
  }

  /** A hub for one call, released when the call (or its stream) has ended. */
  interface Activation {

    /** The hub itself. */
    Hub<?> hub();

    /** What its methods are invoked on: the hub, or a proxy around it. */
    default Object target() {
      return hub();
    }

    default void release() {}
  }
}
