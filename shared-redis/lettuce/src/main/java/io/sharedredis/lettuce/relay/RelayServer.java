package io.sharedredis.lettuce.relay;

/** Answers requests that other replicas relay to this one. */
@FunctionalInterface
public interface RelayServer {

  /** Takes a request; must not block. Listeners are set on it before this returns. */
  void asked(RelayedCall call);
}
