package io.sharedredis.lettuce.session;

import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Sessions that all replicas of an application share. Thread-safe.
 *
 * <p>Every method is one command, answered within the deadline or failed with {@link
 * RedisUnavailableException}.
 */
public interface SessionStore {

  /** A new id that nobody can guess; asks nothing. */
  SessionId newId();

  /** Another id for the same session, for {@link SessionWrite#newId()}; asks nothing. */
  SessionId renewed(SessionId id);

  /** The session of a public id, its use noted when that is due; empty if there is none. */
  Optional<StoredSession> load(SessionId id);

  /**
   * Creates a session.
   *
   * @param id from {@link #newId()}
   * @param first what it begins with; {@link SessionWrite#newId()} and removals mean nothing, a
   *     timeout is needed
   * @throws IllegalStateException if the id is taken
   * @throws SessionTooLargeException if a limit is exceeded; Redis is not asked then
   */
  SaveOutcome create(SessionId id, Instant created, SessionWrite first);

  /**
   * Creates a session that was kept elsewhere, once: not again after it has ended.
   *
   * @param id from {@link SessionId#standingFor}
   * @param remember at least as long as the former session may still be read
   * @throws IllegalStateException if it was created before, even if it has ended since
   * @throws SessionTooLargeException if a limit is exceeded; Redis is not asked then
   */
  SaveOutcome createMoved(SessionId id, Instant created, SessionWrite first, Duration remember);

  /** How far {@link #createMoved} and what belongs to it have come. */
  Move move(SessionId id);

  /**
   * Says that nothing is left of the former session.
   *
   * @return how far it was before
   */
  Move moveDone(SessionId id);

  /**
   * Changes a session that still exists.
   *
   * @param generation that was read
   * @throws SessionTooLargeException if a limit is exceeded; Redis is not asked then
   */
  SaveOutcome save(SessionId id, long generation, SessionWrite change);

  /** Ends the session of a public id; what was in it, or empty if there was none. */
  Optional<StoredSession> end(SessionId id, EndReason reason);

  /** Ends any session by its internal id; what was in it, or empty if there was none. */
  Optional<StoredSession> endByInternal(String internal, EndReason reason);

  /** Ends one session of a user by its internal id; empty if it is not one of theirs. */
  Optional<StoredSession> endOf(String user, String internal, EndReason reason);

  /** Sessions that are there, those that expired just now included. */
  long count();

  /**
   * Ends the sessions of a user, a thousand at most. What has expired does not live again after
   * that, however clocks are set.
   *
   * @param exceptInternal one that goes on, or empty
   */
  EndedSessions endAll(String user, String exceptInternal, EndReason reason);

  /** Sessions of a user, last used first. */
  SessionPage list(String user, int from, int count);

  /** The same without ids and attributes: when, where and how they are used. */
  SessionPage outline(String user, int from, int count);

  /**
   * Takes sessions that have expired, to report them; again after {@code confirmWithin} unless
   * confirmed. Only one claimant at a time gets any.
   *
   * @param claimant name of this replica
   */
  List<StoredSession> claimExpired(String claimant, Duration confirmWithin, int most);

  /** Removes sessions whose end was reported. */
  void confirmExpired(Collection<String> internals);

  /**
   * Takes sessions that were ended from elsewhere ({@link EndReason#REVOKED}, {@link
   * EndReason#LIMIT}), to report them; again after {@code confirmWithin} unless confirmed, for a
   * day. Only one claimant at a time gets any, the same as of {@link #claimExpired}.
   *
   * @param claimant name of this replica
   */
  List<StoredSession> claimEnded(String claimant, Duration confirmWithin, int most);

  /** Removes what was kept of ended sessions that were reported. */
  void confirmEnded(Collection<String> internals);
}
