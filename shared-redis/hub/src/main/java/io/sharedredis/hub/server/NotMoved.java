package io.sharedredis.hub.server;

import java.util.Locale;

/**
 * Why a connection that was to go on at another replica could not, so that its client begins anew.
 */
public enum NotMoved {
  /** At its owner: its items hold more than plain values. */
  ITEMS,
  /** At its owner: calls did not end in time. */
  CALLS,
  /** At its owner: it has ended, or its groups were changed, while it was offered. */
  CHANGED,
  /** At its owner: it had ended here and was not fetched in time. */
  NOT_FETCHED,
  /** At its owner, which stops: its client had not come back elsewhere in time. */
  NOBODY_CAME,
  /** At the taker: the offer is none, or of a protocol that is not spoken there. */
  OFFER,
  /** At the taker: subscribing, or the mark that parts the messages, took too long. */
  TOO_SLOW,
  /** At the taker: it lost Redis meanwhile, and with it perhaps messages. */
  REDIS_LOST,
  /** At the taker: the owner did not give it. */
  NOT_GIVEN,
  /** At the taker: Redis says that it is another's. */
  CLAIM;

  /** The name in meters and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
