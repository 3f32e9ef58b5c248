package io.sharedredis.lettuce.presence;

import io.sharedredis.hub.PresenceEvent;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The farm's record of one hub's connections. An inventory is a replica's part of it. Thread-safe;
 * nothing waits, stages end within Redis' deadline.
 */
public interface PresenceStore {

  /** Begins an inventory that is not complete yet; answers with the number of the last event. */
  CompletionStage<Long> enter(String inventory);

  /**
   * Makes records what they should be.
   *
   * @param number grows with each call for an inventory; an earlier one that comes late does
   *     nothing
   * @return false when there is no such inventory any more
   */
  CompletionStage<Boolean> write(String inventory, long number, List<PresenceEntry> entries);

  /**
   * Renews the lease.
   *
   * @param complete whether everything is recorded that is here
   * @param lastEvent number of the last event seen
   * @param events how many to read at most; 0 for none
   * @param cleans whether this replica would clean up after another one
   */
  CompletionStage<Beat> beat(
      String inventory, boolean complete, long lastEvent, int events, boolean cleans);

  /**
   * What a beat tells.
   *
   * @param known false when there is no such inventory any more; then the rest means nothing
   * @param recorded connections of the inventory
   * @param dead an inventory to clean up; null for none
   * @param lastEvent number of the last event there is; 0 for none
   */
  record Beat(
      boolean known, long recorded, @Nullable String dead, long lastEvent, List<Told> events) {}

  /** An event with its number; the next one's is greater by 1. */
  record Told(long number, PresenceEvent event) {}

  /** Cleans up some of a dead inventory; true when there is more to do. */
  CompletionStage<Boolean> clean(String dead, String claimant);

  /** Ends an inventory's lease, so that others clean it up. */
  CompletionStage<Void> leave(String inventory);

  CompletionStage<Tally> count(PresenceQuery query);

  /**
   * A number.
   *
   * @param complete replicas that have recorded all their connections
   * @param settling whether it includes what a dead replica has left
   */
  record Tally(long value, long complete, boolean settling) {}

  /**
   * Names after {@code after}.
   *
   * @param many how many of each list
   */
  CompletionStage<Sheet> page(PresenceQuery query, @Nullable String after, int many);

  /**
   * Names of several replicas.
   *
   * @param complete as of {@link Tally}
   * @param until how far it was looked; null for far enough
   */
  record Sheet(List<List<String>> lists, long complete, @Nullable String until) {}
}
