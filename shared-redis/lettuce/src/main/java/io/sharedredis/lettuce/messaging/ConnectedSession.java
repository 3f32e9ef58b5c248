package io.sharedredis.lettuce.messaging;

import java.util.List;

/**
 * A session of a user at some replica.
 *
 * @param user by whose name it is addressed
 * @param id of the session
 * @param subscriptions of the session, in no order
 */
public record ConnectedSession(String user, String id, List<Subscription> subscriptions) {

  /** Copies the list. */
  public ConnectedSession {
    subscriptions = List.copyOf(subscriptions);
  }

  /**
   * A subscription.
   *
   * @param id within the session
   * @param destination as the client wrote it
   */
  public record Subscription(String id, String destination) {}
}
