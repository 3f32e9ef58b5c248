package io.sharedredis.lettuce.backplane;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a replica's backplane stands at one moment, for people and alerts. Names no user and no
 * group. The parts are read one after the other, so they may be of slightly different moments.
 *
 * @param server this process's name among the replicas
 * @param redis where the Redis is, without credentials
 * @param channelPrefix put before every channel name
 * @param canPublish whether the connection that publishes stands
 * @param listening whether the connection that listens stands
 * @param settled whether both stand and Redis has confirmed every subscription
 * @param subscriptions channels that this process wants to hear, by kind: {@code all}, {@code
 *     group}, {@code user}, {@code connection}, {@code internal:groups} …, {@code peers}, {@code
 *     probe}, {@code relay}, {@code other}
 * @param unconfirmed subscriptions that Redis has not confirmed on the present connection
 * @param probe the last look at whether this process hears
 * @param counters what happened since the start, by name
 * @param meanLag from publishing to receiving, of this replica's own messages, since the start
 * @param maxLag the longest of them
 */
public record BackplaneState(
    String server,
    String redis,
    String channelPrefix,
    boolean canPublish,
    boolean listening,
    boolean settled,
    Map<String, Integer> subscriptions,
    int unconfirmed,
    Probe probe,
    Map<String, Long> counters,
    Duration meanLag,
    Duration maxLag,
    List<HubState> hubs) {

  /**
   * The probe that this process publishes to itself.
   *
   * @param sent how many were begun since the start
   * @param lastHeard when the last one came back; null for none
   * @param lastDelay what that one took; null for none
   */
  public record Probe(long sent, @Nullable Instant lastHeard, @Nullable Duration lastDelay) {}

  /**
   * One hub.
   *
   * @param name its full name
   * @param connections those of this replica
   * @param gateOpen whether messages go out at once: after an outage they wait until the other
   *     replicas hear again
   * @param held messages that wait for that
   * @param groupChanges changes of groups on other replicas that wait for their ack
   * @param clientResults answers that clients of this replica owe to others
   * @param missing replicas that were here before an outage and have not been heard since
   */
  public record HubState(
      String name,
      int connections,
      boolean gateOpen,
      int held,
      int groupChanges,
      int clientResults,
      List<PeerState> peers,
      int missing) {}

  /**
   * Another Java replica that has announced itself; .NET servers do not.
   *
   * @param lastHeard when it announced itself last
   * @param alive whether that is less than 5 s ago
   * @param connections those it said it has
   */
  public record PeerState(String server, Instant lastHeard, boolean alive, int connections) {}
}
