package io.sharedredis.lettuce.relay;

/** Why a relayed request has no answer. */
public enum RelayFailure {
  /** The owner is dead, and the connection with it. */
  OWNER_GONE,
  /** Redis is away, or too much is on its way to the owner already; the connection may live. */
  NOT_NOW
}
