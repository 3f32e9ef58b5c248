package io.sharedredis.lettuce.messaging;

import java.util.List;

/** What replicas tell each other of the users who are connected to them. */
sealed interface UserNews {

  /** The replica lives, and nothing has changed since it told its sessions under that number. */
  record Alive(long number) implements UserNews {}

  /**
   * Sessions of the replica, all of them when all parts are there.
   *
   * @param number goes up with each change
   * @param part from 0
   * @param parts at least 1
   */
  record Sessions(long number, int part, int parts, List<ConnectedSession> sessions)
      implements UserNews {}

  /** The replica stops. */
  record Gone() implements UserNews {}

  /**
   * The sender wants to be told all sessions.
   *
   * @param of the replica that is asked; 0 for all
   */
  record Ask(long of) implements UserNews {}
}
