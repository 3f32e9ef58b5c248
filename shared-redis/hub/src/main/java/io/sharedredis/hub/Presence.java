package io.sharedredis.hub;

import java.util.concurrent.CompletionStage;

/**
 * Who is connected to a hub, on whichever replica. Asks when it is asked and keeps nothing;
 * thread-safe. Stages fail when the other replicas cannot be asked.
 */
public interface Presence {

  /** Connections of a user. */
  Subject user(String userId);

  /** Members of a group. */
  Subject group(String name);

  /** One connection. */
  Subject connection(String connectionId);

  /** How many connections the hub has on all replicas; a few seconds old for the others. */
  CompletionStage<Count> connections();

  /** Somebody who may be connected. */
  interface Subject {

    /** Whether at least one connection is there now. */
    CompletionStage<Boolean> isConnected();
  }

  /**
   * A number of connections.
   *
   * @param value those that are known
   * @param partial whether there are servers in the farm that do not tell theirs
   */
  record Count(long value, boolean partial) {}
}
