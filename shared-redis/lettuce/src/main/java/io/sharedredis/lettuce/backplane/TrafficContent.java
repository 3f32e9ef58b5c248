package io.sharedredis.lettuce.backplane;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a payload on one of a hub's channels says, for people who watch. Immutable. */
public sealed interface TrafficContent {

  /**
   * A message for clients.
   *
   * @param audience {@code all}, {@code group}, {@code user} or {@code connection}
   * @param name of the group, the user or the connection; empty for all
   * @param excluded ids of connections that do not get it
   * @param protocols those it was serialized for, in order
   * @param calls what the clients get
   * @param returnChannel where the client's answer is awaited; null when none is wanted
   * @param publisher number by which a Java replica knows its own; null when another server
   *     published it
   * @param position of a message in a reliable channel, {@code <epoch>-<offset>}; null in others
   */
  record Delivered(
      String audience,
      String name,
      List<String> excluded,
      List<String> protocols,
      List<Call> calls,
      @Nullable String returnChannel,
      @Nullable String publisher,
      @Nullable String position)
      implements TrafficContent {}

  /**
   * One message of the hub protocol.
   *
   * @param type {@code invocation}, {@code completion}, {@code stream-item} …
   * @param target method that is called; empty for other types
   * @param invocationId null when no answer is wanted
   * @param values arguments of a call as a JSON array; else the item or the result in one
   */
  record Call(String type, String target, @Nullable String invocationId, String values) {}

  /**
   * A replica asks for the change of a group, wherever the connection is.
   *
   * @param action {@code add}, {@code remove}, or the number of another one
   * @param server name of the replica that awaits the ack
   */
  record GroupChange(int id, String server, String action, String group, String connectionId)
      implements TrafficContent {}

  /** The change of a group was made. */
  record Acknowledged(int id, String server) implements TrafficContent {}

  /**
   * A client's answer to another replica's call.
   *
   * @param server the replica that waits for it
   * @param result JSON; null where there is none
   */
  record Answered(
      String server,
      String protocol,
      String invocationId,
      @Nullable String error,
      @Nullable String result)
      implements TrafficContent {}

  /**
   * A Java replica says that it is there.
   *
   * @param kind {@code hello}, {@code ask} or {@code bye}
   */
  record Announced(String kind, String server, int connections) implements TrafficContent {}

  /**
   * A request, or a part of one, on its way between two replicas.
   *
   * @param kind as {@link io.sharedredis.lettuce.relay.RelaySighting} names it
   * @param to name of the replica whose channel it is
   * @param what the request that an ask wants carried out; else null
   */
  record Relayed(String kind, String from, String to, long exchange, @Nullable String what)
      implements TrafficContent {}

  /**
   * Nothing that belongs there. Replicas drop it.
   *
   * @param kind of the channel
   * @param reason holds nothing of the payload
   */
  record Unusable(String kind, String reason) implements TrafficContent {}
}
