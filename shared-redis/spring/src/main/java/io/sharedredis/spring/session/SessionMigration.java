package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.Move;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.SessionTooLargeException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.serializer.SerializationException;

/**
 * Takes sessions over that Spring Session's repository left behind. Thread-safe.
 *
 * <p>The new session is written before the former one is removed, so that a replica that dies in
 * between loses nothing; and it is written once, so that a request that has read the former one
 * does not bring a session back whose user has signed out meanwhile.
 */
final class SessionMigration {

  private static final Logger log = LoggerFactory.getLogger(SessionMigration.class);

  /** A former session cannot be read for longer than its timeout and what clocks differ by. */
  private static final Duration MARGIN = Duration.ofDays(1);

  /** Former sessions that never expire are kept for ever; nobody remembers ids for longer. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final SessionStore store;
  private final SpringSessionHashes hashes;

  SessionMigration(SessionStore store, SpringSessionHashes hashes) {
    this.store = store;
    this.hashes = hashes;
  }

  /** Whether an id may be that of a former session. */
  boolean mayHave(String id) {
    return hashes.mayHave(id);
  }

  /** The session that a former id stands for now, if any. */
  Optional<SharedSession> find(String former, Sessions sessions) {
    SessionId id = SessionId.standingFor(former);
    Optional<SharedSession> already = sessions.load(id);
    if (already.isPresent()) {
      if (store.move(id) == Move.ABANDONED) {
        // Said before it is done: whoever moved it may live after all.
        Move unused = store.moveDone(id);
        hashes.delete(former);
      }
      already.get().cameAs(former);
      return already;
    }
    Optional<SpringSessionHashes.Left> left = hashes.read(former);
    // Where there is none it may have been moved just now.
    return left.isPresent()
        ? move(former, id, left.get(), sessions)
        : sessions
            .load(id)
            .map(
                found -> {
                  found.cameAs(former);
                  return found;
                });
  }

  private Optional<SharedSession> move(
      String former, SessionId id, SpringSessionHashes.Left left, Sessions sessions) {
    Duration timeout = left.timeout();
    boolean ends = timeout.compareTo(Duration.ZERO) > 0;
    Duration remember = ends ? timeout.plus(MARGIN) : LONGEST;
    SharedSession session = sessions.create(id, left);
    try {
      session.rememberFor(remember.compareTo(LONGEST) < 0 ? remember : LONGEST);
      sessions.save(session);
    } catch (SessionTooLargeException | SerializationException e) {
      log.warn("A session of Spring Session's is not taken over: {}", e.getMessage());
      return Optional.empty();
    } catch (IllegalStateException e) {
      // Another request was quicker, now or long ago; what it moved may have ended since.
      Optional<SharedSession> theirs = sessions.load(id);
      theirs.ifPresentOrElse(found -> found.cameAs(former), () -> hashes.delete(former));
      return theirs;
    } catch (SessionLimitException e) {
      // Its user has as many sessions as allowed; one that ends makes room.
      return Optional.empty();
    }
    if (!hashes.delete(former) && store.move(id) != Move.DONE) {
      // Where Spring Session still runs its user has signed out since it was read.
      var unused = store.end(id, EndReason.SIGNED_OUT);
      session.end();
      return Optional.empty();
    }
    Move unused = store.moveDone(id);
    return Optional.of(session);
  }

  /** At sign-out of a session that came under its former id: nothing of it may stay. */
  void forget(String former) {
    hashes.delete(former);
  }

  /** The repository, as the migration needs it. */
  interface Sessions {
    Optional<SharedSession> load(SessionId id);

    SharedSession create(SessionId id, SpringSessionHashes.Left left);

    /**
     * @throws IllegalStateException if the id was used before
     */
    void save(SharedSession session);
  }
}
