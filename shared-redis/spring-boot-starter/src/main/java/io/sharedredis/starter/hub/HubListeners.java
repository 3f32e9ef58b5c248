package io.sharedredis.starter.hub;

/** The ports at which hub clients come in, which a replica that stops closes before the rest. */
interface HubListeners {

  /** Takes no further connections; those that stand are served on. Idempotent. */
  void close();
}
