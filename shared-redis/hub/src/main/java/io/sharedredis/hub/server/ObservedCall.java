package io.sharedredis.hub.server;

import org.jspecify.annotations.Nullable;

/** One call that is seen, from its beginning to its answer, or to the end of its stream. */
@FunctionalInterface
public interface ObservedCall {

  /** Nobody looks. */
  ObservedCall NONE = failure -> {};

  /** Surroundings of the method's code. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {

    /** Nothing surrounds it. */
    Scope NONE = () -> {};

    @Override
    void close();
  }

  /** Surrounds the method's code on its thread, until it has returned. */
  default Scope enter() {
    return Scope.NONE;
  }

  /**
   * The call is over. Runs once, on any thread.
   *
   * @param failure why it failed; null when it did not
   */
  void end(@Nullable Throwable failure);
}
