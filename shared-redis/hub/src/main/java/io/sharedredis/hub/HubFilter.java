package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/**
 * Stands around the calls of hubs, outermost first in the order registered. For a method that
 * streams it stands around obtaining the stream, not around its items.
 */
public interface HubFilter {

  /** Around a method of a hub; the answer goes to the client. */
  default @Nullable Object invoke(HubInvocation call, Next next) throws Exception {
    return next.proceed(call);
  }

  /** Around {@link Hub#onConnected}. */
  default void connected(HubCallContext context, Step next) throws Exception {
    next.run();
  }

  /** Around {@link Hub#onDisconnected}. */
  default void disconnected(HubCallContext context, @Nullable Throwable failure, Step next)
      throws Exception {
    next.run();
  }

  /** The rest of the way to the method. */
  @FunctionalInterface
  interface Next {
    @Nullable Object proceed(HubInvocation call) throws Exception;
  }

  /** The rest of the way to a callback. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }
}
