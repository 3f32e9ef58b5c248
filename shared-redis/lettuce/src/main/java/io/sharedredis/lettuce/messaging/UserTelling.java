package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what a replica tells of its sessions into parts that fit into messages. All is told again
 * with each change, so what a client can add to it is bounded: further subscriptions serve it as
 * ever and are only not told.
 */
final class UserTelling {

  /** Subscriptions told of one session: many times what a page has. */
  static final int MOST_SUBSCRIPTIONS = 256;

  /** Bytes that these may take: 256 destinations of usual length. */
  static final int MOST_SESSION_BYTES = 16 * 1024;

  /**
   * Bytes that subscriptions of all sessions may take; later sessions come without theirs. A
   * thousand clients that use up what they may have must not hide the other users.
   */
  static final int MOST_SUBSCRIPTION_BYTES = 16 * 1024 * 1024;

  private final int partBytes;

  /**
   * @param partBytes that the sessions of one part may take
   */
  UserTelling(int partBytes) {
    this.partBytes = partBytes;
  }

  /** At least one part. */
  List<List<ConnectedSession>> parts(List<ConnectedSession> sessions) {
    List<List<ConnectedSession>> parts = new ArrayList<>();
    List<ConnectedSession> part = new ArrayList<>();
    int size = 0;
    int room = MOST_SUBSCRIPTION_BYTES;
    for (ConnectedSession session : sessions) {
      int bare = UserNewsCodec.size(new ConnectedSession(session.user(), session.id(), List.of()));
      if (bare > partBytes) {
        // A name so long that no message holds it would make the others miss all the rest.
        continue;
      }
      List<Subscription> told = fitting(session, Math.min(room, partBytes - bare));
      ConnectedSession fitting = new ConnectedSession(session.user(), session.id(), told);
      int bytes = UserNewsCodec.size(fitting);
      room -= bytes - bare;
      if (size + bytes > partBytes && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        size = 0;
      }
      part.add(fitting);
      size += bytes;
    }
    parts.add(part);
    return parts.subList(0, Math.min(parts.size(), UserNewsCodec.MOST_PARTS));
  }

  private static List<Subscription> fitting(ConnectedSession session, int room) {
    int left = Math.min(room, MOST_SESSION_BYTES);
    List<Subscription> told = new ArrayList<>();
    for (Subscription subscription : session.subscriptions()) {
      left -= UserNewsCodec.size(subscription);
      if (left < 0 || told.size() == MOST_SUBSCRIPTIONS) {
        break;
      }
      told.add(subscription);
    }
    return told;
  }
}
