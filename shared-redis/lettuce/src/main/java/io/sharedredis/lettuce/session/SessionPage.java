package io.sharedredis.lettuce.session;

import java.util.List;

/**
 * Some sessions of one user, last used first.
 *
 * @param total sessions of the user, as far as known
 * @param sessions of this page; fewer than asked for where entries led nowhere
 */
public record SessionPage(long total, List<StoredSession> sessions) {

  /** Copies the list. */
  public SessionPage {
    sessions = List.copyOf(sessions);
  }
}
