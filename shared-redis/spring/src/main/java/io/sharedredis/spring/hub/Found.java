package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.hub.ClaimedConnection;

/** Where the connection is that a request's token names. */
sealed interface Found {

  /** Here. */
  record Here(Claim claim) implements Found {}

  /**
   * At another replica.
   *
   * @param owner that replica's name
   */
  record There(String owner, ClaimedConnection connection) implements Found {}

  /** Nowhere: 404. */
  record Nowhere() implements Found {}

  /** Nobody knows while Redis is away: 503. */
  record Unknown() implements Found {}
}
