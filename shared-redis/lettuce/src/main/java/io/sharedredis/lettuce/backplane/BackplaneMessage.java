package io.sharedredis.lettuce.backplane;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What replicas of a hub say to each other. The arrays in messages are not changed by anyone. */
sealed interface BackplaneMessage {

  /**
   * A message for clients, serialized for every protocol of the sending hub.
   *
   * @param excluded connection ids that do not get it
   * @param framed whole frames of the hub protocol, by protocol name, in order
   * @param wanted where the client's answer goes; null when none is wanted
   * @param stamp who published it, when that is one of ours
   * @param position its place in the channel's history; null in a plain message
   */
  record Delivery(
      Collection<String> excluded,
      Map<String, byte[]> framed,
      @Nullable ReturnAddress wanted,
      @Nullable Stamp stamp,
      @Nullable Position position)
      implements BackplaneMessage {

    /** A plain message. */
    Delivery(
        Collection<String> excluded,
        Map<String, byte[]> framed,
        @Nullable ReturnAddress wanted,
        @Nullable Stamp stamp) {
      this(excluded, framed, wanted, stamp, null);
    }
  }

  /**
   * Where an answer is awaited.
   *
   * @param invocationId id of the call, as the client repeats it
   * @param channel channel of the waiting replica, without the channel prefix
   */
  record ReturnAddress(String invocationId, String channel) {}

  /**
   * Which replica published a message, and as the how-manieth; .NET replicas do not write it and do
   * not look at it.
   *
   * @param publisher random number of the publishing replica's hub, fresh at each start
   * @param number counts all messages of that publisher, from 1
   * @param previous number of the message before on the same channel; 0 when the publisher does not
   *     know, or cannot say that it went out
   */
  record Stamp(long publisher, long number, long previous) {}

  /**
   * Asks the replica that has the connection to change its group.
   *
   * @param id number of the command, repeated in the ack
   * @param server name of the asking replica, whose ack channel is meant
   * @param action 1 adds, 2 removes; others are acknowledged without effect
   */
  record GroupCommand(int id, String server, int action, String group, String connectionId)
      implements BackplaneMessage {
    static final int ADD = 1;
    static final int REMOVE = 2;
  }

  /** Says that a group command was carried out. */
  record Ack(int id) implements BackplaneMessage {}

  /**
   * A client's answer, on its way to the replica that waits for it.
   *
   * @param protocol name of the hub protocol the frame is in
   * @param framed the client's Completion, one whole frame
   */
  record ClientResult(String protocol, byte[] framed) implements BackplaneMessage {}
}
