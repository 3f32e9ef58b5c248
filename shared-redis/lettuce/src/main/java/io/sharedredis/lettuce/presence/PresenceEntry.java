package io.sharedredis.lettuce.presence;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's record should be.
 *
 * @param present whether it is there; without that the rest means nothing
 * @param user null for nobody
 */
public record PresenceEntry(
    String connectionId, boolean present, @Nullable String user, Set<String> groups) {

  /** A connection that is there. */
  public static PresenceEntry of(String connectionId, @Nullable String user, Set<String> groups) {
    return new PresenceEntry(connectionId, true, user, Set.copyOf(groups));
  }

  /** A connection that is gone. */
  public static PresenceEntry gone(String connectionId) {
    return new PresenceEntry(connectionId, false, null, Set.of());
  }
}
