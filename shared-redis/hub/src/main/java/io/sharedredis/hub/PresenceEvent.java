package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/** Somebody came to a hub or left it, on whichever replica. Immutable. */
public sealed interface PresenceEvent {

  /** A user has a connection who had none on any replica. */
  record UserJoined(String user) implements PresenceEvent {}

  /** A user's last connection on any replica is gone. */
  record UserLeft(String user) implements PresenceEvent {}

  /**
   * A connection became a member of a group.
   *
   * @param user null for nobody
   */
  record MemberJoined(String group, String connectionId, @Nullable String user)
      implements PresenceEvent {}

  /** A connection left a group, also by ending. */
  record MemberLeft(String group, String connectionId, @Nullable String user)
      implements PresenceEvent {}

  /**
   * Events before this one may not have been told: Redis lost its memory, or this replica did not
   * hear it for longer than events are kept. Whoever keeps a copy reads it anew.
   */
  record Missed() implements PresenceEvent {}
}
