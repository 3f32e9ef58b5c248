package io.sharedredis.lettuce.session;

import java.util.List;

/**
 * Sessions of one user that one command has ended.
 *
 * @param internals of those that could be used until then, and of no others
 * @param more whether the user may have further ones: to be asked again
 */
public record EndedSessions(List<String> internals, boolean more) {

  /** Copies the list. */
  public EndedSessions {
    internals = List.copyOf(internals);
  }
}
