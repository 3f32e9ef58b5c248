package io.sharedredis.spring.session;

import io.lettuce.core.RedisException;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.EndedSessions;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionPage;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sessions of one user, for a page that shows them and for operators. Sessions are named by
 * internal ids, with which nobody can take one over. An end is in force on every replica at once
 * and closes hub connections of the session. Thread-safe.
 *
 * <p>Every method throws {@link SessionsUnavailableException} when Redis is away.
 */
public final class UserSessions {

  /** Sessions that are shown at a time. */
  private static final int MOST = 100;

  private final SessionStore store;
  private final SessionCounters counters;

  /**
   * @param counters of the repository, which count ends by users and operators too
   */
  public UserSessions(SessionStore store, SessionCounters counters) {
    this.store = store;
    this.counters = counters;
  }

  /** Sessions of a user, last used first, a hundred at most. */
  public List<UserSession> list(String user, int from) {
    return page(user, from).sessions();
  }

  /**
   * Sessions of a user, last used first, a hundred at most, and how many there are.
   *
   * @param from how many to pass over
   */
  public Page page(String user, int from) {
    SessionPage page = ask(() -> store.outline(user, from, MOST));
    return new Page(page.total(), page.sessions().stream().map(UserSessions::view).toList());
  }

  /** How many sessions a user has. */
  public long count(String user) {
    return ask(() -> store.outline(user, 0, 1)).total();
  }

  /** How many sessions there are. */
  public long count() {
    return ask(store::count);
  }

  /** The internal id of the session with this public id, by which a page knows its own. */
  public static String internalId(String sessionId) {
    return SessionId.parse(sessionId).map(SessionId::internal).orElse("");
  }

  /** Ends one session of the user; false if it is not one of theirs. */
  public boolean end(String user, String internalId) {
    return counted(ask(() -> store.endOf(user, internalId, EndReason.REVOKED)));
  }

  /** Ends any session; false if there is none. For operators. */
  public boolean endAny(String internalId) {
    return counted(ask(() -> store.endByInternal(internalId, EndReason.REVOKED)));
  }

  private boolean counted(Optional<StoredSession> ended) {
    counters.ended(ended.isPresent() ? 1 : 0);
    return ended.isPresent();
  }

  /** Ends all sessions of the user but one, and says how many those were; not what had expired. */
  public int endOthers(String user, String internalIdThatStays) {
    int ended = 0;
    EndedSessions batch;
    do {
      batch = ask(() -> store.endAll(user, internalIdThatStays, EndReason.REVOKED));
      ended += batch.internals().size();
      counters.ended(batch.internals().size());
    } while (batch.more());
    return ended;
  }

  /** Ends all sessions of the user, and says how many those were. */
  public int endAll(String user) {
    return endOthers(user, "");
  }

  private static UserSession view(StoredSession session) {
    SessionPlace place;
    try {
      place = SessionPlace.read(session.details());
    } catch (DataProtectionException e) {
      place = SessionPlace.UNKNOWN;
    }
    return new UserSession(session.internal(), session.created(), session.lastAccess(), place);
  }

  private <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (RedisUnavailableException | RedisException e) {
      counters.unavailable();
      throw new SessionsUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Some sessions of one user, last used first.
   *
   * @param total of all their sessions
   */
  public record Page(long total, List<UserSession> sessions) {

    /** Copies the list. */
    public Page {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * One session as its owner sees it.
   *
   * @param id internal; no secret
   * @param lastUsed as written, up to a touch interval before the real one
   * @param place where it began or was last signed in
   */
  public record UserSession(String id, Instant created, Instant lastUsed, SessionPlace place) {}
}
