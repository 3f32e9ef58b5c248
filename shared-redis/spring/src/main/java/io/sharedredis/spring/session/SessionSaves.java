package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.SessionTooLargeException;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import io.sharedredis.lettuce.session.StoredSession;
import io.sharedredis.spring.session.SharedSession.Pending;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.serializer.SerializationException;

/**
 * How sessions are saved: under the id that they have, under a new one, or as a session of their
 * own where the one they came from belongs to somebody else by now. Thread-safe.
 */
final class SessionSaves {

  private static final Logger log = LoggerFactory.getLogger(SessionSaves.class);

  private final SessionStore store;
  private final PendingWrites writes;
  private final SessionFollowers followers;
  private final SessionCounters counters;
  private final Questions questions;
  private final Consumer<SharedSession> begun;

  /**
   * @param questions how the store is asked
   * @param begun told of each session that is saved for the first time
   */
  SessionSaves(
      SessionStore store,
      PendingWrites writes,
      SessionFollowers followers,
      SessionCounters counters,
      Questions questions,
      Consumer<SharedSession> begun) {
    this.store = store;
    this.writes = writes;
    this.followers = followers;
    this.counters = counters;
    this.questions = questions;
    this.begun = begun;
  }

  /** As {@link SharedSessionRepository#save}. */
  void save(SharedSession session) {
    SessionId before = session.savedId();
    Optional<Pending> pending = session.take();
    if (pending.isEmpty()) {
      return;
    }
    Saving done;
    try {
      done = save(session, pending.get());
    } catch (SessionLimitException e) {
      throw e;
    } catch (SessionTooLargeException | SerializationException e) {
      // As a whole: the page that says so shall not fail on it once more.
      session.refused(pending.get());
      throw e;
    } catch (SessionsUnavailableException e) {
      session.notSaved(pending.get());
      throw pending.get().fresh()
          ? SessionsUnavailableException.beginning("a session could not begin", e)
          : e;
    } catch (RuntimeException e) {
      session.notSaved(pending.get());
      throw e;
    }
    if (done != Saving.SAVED) {
      return;
    }
    if (!before.equals(session.savedId())) {
      renamed(before, session.savedId());
    }
    if (pending.get().fresh()) {
      begun.accept(session);
    }
  }

  private void renamed(SessionId from, SessionId to) {
    SessionScope scope = SessionScope.current();
    if (scope != null) {
      SessionCookies.issue(scope.request(), to.text());
    }
    followers.renamed(from.text(), to.text());
  }

  private Saving save(SharedSession session, Pending pending) {
    SessionWrite write = writes.write(session, pending);
    if (session.adopted()
        && write.user() instanceof Owner.User
        && pending.id().equals(session.savedId())) {
      // Somebody else may know an id that came with the request: nobody signs in under it.
      session.notSaved(pending);
      String unused = session.changeSessionId();
      save(session);
      return Saving.SAVED_ANEW;
    }
    SaveOutcome outcome;
    try {
      outcome =
          questions.ask(
              () ->
                  pending.fresh()
                      ? create(session, pending.id(), write)
                      : store.save(pending.id(), pending.generation(), write));
    } catch (IllegalStateException e) {
      if (!session.adopted()) {
        throw e;
      }
      // Another request of the page was quicker, or one that has expired is still to be reported.
      session.notSaved(pending);
      Optional<StoredSession> theirs = questions.ask(() -> store.load(pending.id()));
      if (theirs.isEmpty()) {
        return saveAsAnother(session);
      }
      session.join(theirs.get());
      save(session);
      return Saving.SAVED_ANEW;
    }
    counters.saved(write, outcome);
    if (outcome instanceof SaveOutcome.Saved done) {
      session.saved(pending, done.generation());
      remember(session);
      return Saving.SAVED;
    }
    if (outcome instanceof SaveOutcome.Former) {
      // Two sign-ins under one id, or a stranger's under a planted one: each gets its own session.
      session.notSaved(pending);
      return saveAsAnother(session);
    }
    if (outcome instanceof SaveOutcome.Refused) {
      session.refused(pending);
      throw new SessionLimitException(null);
    }
    log.debug("Session {} was not saved: {}", pending.id(), outcome);
    session.saved(pending, pending.generation());
    session.end();
    return Saving.LOST;
  }

  private Saving saveAsAnother(SharedSession session) {
    SessionId before = session.savedId();
    session.becomeAnother(store.newId());
    save(session);
    renamed(before, session.savedId());
    return Saving.SAVED_ANEW;
  }

  /** How a write went. */
  private enum Saving {
    /** As it was wanted. */
    SAVED,
    /** Under another id or on top of what somebody else made, all that follows from it included. */
    SAVED_ANEW,
    /** The session has ended. */
    LOST
  }

  private SaveOutcome create(SharedSession session, SessionId id, SessionWrite first) {
    Duration remember = session.rememberFor();
    return remember == null
        ? store.create(id, session.getCreationTime(), first)
        : store.createMoved(id, session.getCreationTime(), first, remember);
  }

  /** The request may ask again, under the new id. */
  static void remember(SharedSession session) {
    SessionScope scope = SessionScope.current();
    if (scope != null) {
      scope.remember(session.getId(), Optional.of(session));
    }
  }

  /** Asks the store, so that one that is away is {@link SessionsUnavailableException}. */
  interface Questions {
    <T> T ask(Supplier<T> question);
  }
}
