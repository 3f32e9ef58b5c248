package io.sharedredis.hub;

import java.util.concurrent.CompletionStage;

/**
 * Groups of a hub's connections on all replicas. They exist while they have members; names are
 * case-sensitive.
 */
public interface HubGroups {

  /**
   * Adds a connection, on whichever replica; completes when messages to the group reach it. An
   * unknown id does nothing.
   */
  CompletionStage<Void> add(String connectionId, String group);

  /** Takes a connection out of a group, on whichever replica. */
  CompletionStage<Void> remove(String connectionId, String group);
}
