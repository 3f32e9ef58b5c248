package io.sharedredis.lettuce.presence;

import java.util.Locale;

/**
 * What is counted or listed.
 *
 * @param name of the connection, user or group; else empty
 */
public record PresenceQuery(What what, String name) {

  /** The names of the first three are those of single ones. */
  public enum What {
    CONNECTION,
    USER,
    GROUP,
    CONNECTIONS,
    USERS,
    GROUPS
  }

  /** All of a kind. */
  public static PresenceQuery all(What what) {
    return new PresenceQuery(what, "");
  }

  String argument() {
    return what.name().toLowerCase(Locale.ROOT);
  }
}
