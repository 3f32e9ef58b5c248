package io.sharedredis.lettuce.backplane;

import java.time.Instant;

/** What somebody who watches a hub's channels sees, in order. */
public sealed interface TrafficEvent {

  /** When it was seen. */
  Instant at();

  /**
   * A payload arrived.
   *
   * @param channel without the channel prefix
   * @param bytes length of the payload
   */
  record Seen(Instant at, String channel, int bytes, TrafficContent content)
      implements TrafficEvent {}

  /** The connection stands, for the first time or again, and everything is listened to. */
  record Listening(Instant at) implements TrafficEvent {}

  /** The connection was lost; what is published until it is back is not seen. */
  record Lost(Instant at) implements TrafficEvent {}

  /** So many messages came faster than they were taken, and were dropped. */
  record Skipped(Instant at, long messages) implements TrafficEvent {}

  /** Redis does not allow this user to listen; nothing follows. */
  record Refused(Instant at, String why) implements TrafficEvent {}
}
