package io.sharedredis.spring.session;

import io.lettuce.core.RedisException;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionPage;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.SessionTooLargeException;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import io.sharedredis.lettuce.session.StoredSession;
import io.sharedredis.spring.session.SharedSession.Pending;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.redis.serializer.SerializationException;
import org.springframework.expression.EvaluationException;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.PrincipalNameIndexResolver;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;

/**
 * Our session store under Spring Session's API. A request that reads its session costs one command,
 * one that changes it one more, one that leaves it alone none. Thread-safe.
 *
 * <p>A session that ended while a request used it is not brought back and not an error: what the
 * request wanted to keep has nowhere to go. Redis that is away is {@link
 * SessionsUnavailableException}, within the command deadline; a sign-in beyond the limit of
 * sessions that is to be refused is {@link SessionLimitException}.
 */
public final class SharedSessionRepository
    implements FindByIndexNameSessionRepository<SharedSession> {

  private static final Logger log = LoggerFactory.getLogger(SharedSessionRepository.class);

  /** Spring Security's attribute; who signed in is read from it. */
  private static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

  /** Sessions of one user that are found by name, and how many of them one command reads. */
  private static final int FIND_AT_MOST = 1000;

  private static final int PAGE = 100;

  private final SessionStore store;
  private final AttributeCodec codec;
  private final Duration timeout;
  private final String replica;
  private final InstantSource clock;
  private final ApplicationEventPublisher events;
  private final SessionCounters counters = new SessionCounters();
  private final PrincipalNameIndexResolver<SharedSession> principal =
      new PrincipalNameIndexResolver<>();
  private final SharedSession.Renewal renewal;
  private final SessionMigration.Sessions moving;
  private final SessionFollowers followers = new SessionFollowers(counters);
  private Predicate<HttpServletRequest> anonymous = request -> false;

  /**
   * @param timeout a session nobody uses for so long is gone
   * @param replica name of this replica, shown to owners of sessions
   */
  public SharedSessionRepository(
      SessionStore store,
      SessionJson json,
      Duration timeout,
      String replica,
      InstantSource clock,
      ApplicationEventPublisher events) {
    this.store = store;
    this.codec = new AttributeCodec(json);
    this.timeout = timeout;
    this.replica = replica;
    this.clock = clock;
    this.events = events;
    this.renewal =
        new SharedSession.Renewal() {
          @Override
          public SessionId renewed(SessionId id) {
            return store.renewed(id);
          }

          @Override
          public Instant now() {
            return clock.instant();
          }
        };
    this.moving =
        new SessionMigration.Sessions() {
          @Override
          public Optional<SharedSession> load(SessionId id) {
            return SharedSessionRepository.this.load(id.text());
          }

          @Override
          public SharedSession create(SessionId id, SpringSessionHashes.Left left) {
            SharedSession session =
                new SharedSession(id, left.created(), left.timeout(), codec, renewal);
            left.attributes().forEach(session::setAttribute);
            return session;
          }

          @Override
          public void save(SharedSession session) {
            SharedSessionRepository.this.save(session);
          }
        };
  }

  @Override
  public SharedSession createSession() {
    SessionScope scope = SessionScope.current();
    if (scope != null && scope.refusesNew()) {
      // A new one would replace the cookie of the session that cannot be reached.
      throw SessionsUnavailableException.beginning("served as anonymous until Redis is back", null);
    }
    Optional<SessionId> issued = scope == null ? Optional.empty() : scope.issuedByDotnet();
    SessionId id = issued.orElseGet(store::newId);
    SharedSession session = new SharedSession(id, clock.instant(), timeout, codec, renewal);
    if (issued.isPresent()) {
      session.adopt();
    } else if (scope != null) {
      SessionCookies.issue(scope.request(), id.text());
    }
    return session;
  }

  /** ASP.NET sessions of the same cookies, which follow ours. */
  public void accompaniedBy(DotnetSessions sessions) {
    followers.add(sessions);
  }

  @Override
  public @Nullable SharedSession findById(String requested) {
    SessionScope scope = SessionScope.current();
    String id = SessionCookies.id(requested);
    Optional<SharedSession> known = scope == null ? null : scope.find(id);
    if (known == null) {
      known = loadOrAnonymous(id);
      if (scope != null) {
        scope.remember(id, known);
        // A session that was asked for by another id is ended by its own.
        known.ifPresent(SharedSessionRepository::remember);
      }
    }
    return known.filter(session -> !session.isOver()).orElse(null);
  }

  /** Reads sessions that Spring Session's repository left behind, and writes them here. */
  public void migrateFrom(SpringSessionHashes hashes) {
    followers.add(new SessionMigration(store, hashes));
  }

  /** Which requests that only read are served as anonymous while Redis is away, not failed. */
  public void anonymousWhenUnavailable(Predicate<HttpServletRequest> requests) {
    this.anonymous = requests;
  }

  private Optional<SharedSession> loadOrAnonymous(String id) {
    SessionScope present = SessionScope.current();
    if (present != null && present.refusesNew()) {
      // Found to be away in this request already: each further cookie would wait for the deadline.
      return Optional.empty();
    }
    try {
      SessionMigration from = followers.migration();
      return from != null && from.mayHave(id) && !issuedToThisRequest(id)
          ? ask(() -> from.find(id, moving))
          : load(id);
    } catch (SessionsUnavailableException e) {
      SessionScope scope = SessionScope.current();
      // A change, sign-out for instance, must not seem to be done that was not.
      if (scope == null
          || !SessionRefusal.isSafe(scope.request())
          || !anonymous.test(scope.request())) {
        throw e;
      }
      scope.refuseNew();
      return Optional.empty();
    }
  }

  /** A session key of .NET has the form of an id of Spring Session's. */
  private static boolean issuedToThisRequest(String id) {
    SessionScope scope = SessionScope.current();
    return scope != null && id.equals(SessionCookies.issued(scope.request()));
  }

  private Optional<SharedSession> load(String id) {
    Optional<SessionId> parsed = SessionId.parse(id);
    if (parsed.isEmpty()) {
      counters.refused();
      return Optional.empty();
    }
    Optional<StoredSession> found = ask(() -> store.load(parsed.get()));
    counters.loaded(found);
    return found.map(stored -> new SharedSession(parsed.get(), stored, codec, renewal));
  }

  @Override
  public void save(SharedSession session) {
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
      events.publishEvent(new SessionCreatedEvent(this, session));
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
    SessionWrite write = write(session, pending);
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
          ask(
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
      Optional<StoredSession> theirs = ask(() -> store.load(pending.id()));
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

  private SessionWrite write(SharedSession session, Pending pending) {
    Map<String, byte[]> set = new HashMap<>();
    Set<String> removed = new HashSet<>();
    pending
        .changes()
        .forEach(
            (name, value) -> {
              byte[] bytes = value.isPresent() ? codec.write(name, value.get()) : null;
              if (bytes == null) {
                removed.add(name);
              } else {
                set.put(name, bytes);
              }
            });
    Owner owner = owner(session, pending);
    boolean signIn = pending.newId() != null || owner instanceof Owner.User;
    SessionScope scope = SessionScope.current();
    SessionWrite write = SessionWrite.of(set, removed).withOwner(owner).withNewId(pending.newId());
    if (pending.timeout() != null) {
      write = write.withTimeout(pending.timeout());
    }
    return scope != null && (pending.fresh() || signIn)
        ? write.withDetails(SessionPlace.of(scope.request(), replica).write())
        : write;
  }

  /** Asked only when something changed that says whose session it is. */
  private Owner owner(SharedSession session, Pending pending) {
    if (!pending.changes().containsKey(SECURITY_CONTEXT)
        && !pending.changes().containsKey(PRINCIPAL_NAME_INDEX_NAME)) {
      return Owner.KEEP;
    }
    // The changes were taken out of the session; whose it is must be read with them.
    SharedSession view =
        new SharedSession(session.savedId(), clock.instant(), timeout, codec, renewal);
    for (String name : Set.of(SECURITY_CONTEXT, PRINCIPAL_NAME_INDEX_NAME)) {
      Optional<Object> change = pending.changes().get(name);
      view.setAttribute(name, change == null ? session.getAttribute(name) : change.orElse(null));
    }
    String name = name(view);
    return name == null ? Owner.NOBODY : new Owner.User(name);
  }

  private @Nullable String name(SharedSession view) {
    try {
      return principal.resolveIndexValueFor(view);
    } catch (EvaluationException | ClassCastException e) {
      // Something else under the names of Spring Security: it signs nobody in.
      log.debug("Nobody is signed in by what a session holds", e);
      return null;
    }
  }

  /** The request may ask again, under the new id. */
  private static void remember(SharedSession session) {
    SessionScope scope = SessionScope.current();
    if (scope != null) {
      scope.remember(session.getId(), Optional.of(session));
    }
  }

  @Override
  public void deleteById(String id) {
    SessionScope scope = SessionScope.current();
    SharedSession inUse = scope == null ? null : scope.inUse(id);
    Optional<SessionId> saved = inUse == null ? SessionId.parse(id) : Optional.of(inUse.savedId());
    if (saved.isEmpty()) {
      return;
    }
    Optional<StoredSession> ended = ask(() -> store.end(saved.get(), EndReason.SIGNED_OUT));
    // From here on it has ended, whatever becomes of what follows.
    String former = null;
    if (inUse != null) {
      inUse.end();
      former = inUse.cameAs();
      if (scope != null) {
        SessionCookies.issue(scope.request(), null);
      }
    }
    followers.signedOut(saved.get(), former, () -> ended.flatMap(this::reopened));
    if (ended.isPresent()) {
      counters.ended(1);
      SharedSession last =
          inUse == null ? new SharedSession(saved.get(), ended.get(), codec, renewal) : inUse;
      tell(new SessionDeletedEvent(this, last));
    }
  }

  /** A listener that fails has been told; the session has ended all the same. */
  private void tell(SessionDeletedEvent end) {
    try {
      events.publishEvent(end);
    } catch (RuntimeException e) {
      SharedSession session = end.getSession();
      log.warn("A listener failed on the end of session {}", session.getInternalId(), e);
    }
  }

  /** What ends with sessions. */
  SessionFollowers followers() {
    return followers;
  }

  @Override
  public Map<String, SharedSession> findByIndexNameAndIndexValue(String index, String value) {
    Map<String, SharedSession> found = new LinkedHashMap<>();
    if (!index.equals(PRINCIPAL_NAME_INDEX_NAME)) {
      return found;
    }
    for (int from = 0; from < FIND_AT_MOST; from += PAGE) {
      int begin = from;
      SessionPage page = ask(() -> store.list(value, begin, PAGE));
      for (StoredSession stored : page.sessions()) {
        reopened(stored).ifPresent(session -> found.put(session.getId(), session));
      }
      if (from + PAGE >= page.total()) {
        break;
      }
    }
    return found;
  }

  /** A session that was found by other means than its public id. */
  Optional<SharedSession> reopened(StoredSession stored) {
    try {
      return Optional.of(new SharedSession(stored.id(), stored, codec, renewal));
    } catch (DataProtectionException e) {
      AttributeCodec.throwIfRingUnavailable(e);
      log.debug("The id of session {} does not open", stored.internal(), e);
      return Optional.empty();
    }
  }

  /** What happened so far, for meters. */
  public SessionCounters counters() {
    return counters;
  }

  /** Attributes that could not be read so far. */
  public long droppedAttributes() {
    return codec.dropped();
  }

  private <T> T ask(Supplier<T> question) {
    if (SessionScope.isAway()) {
      throw new SessionsUnavailableException("this request found that already", null);
    }
    try {
      return question.get();
    } catch (RedisUnavailableException | RedisException | StoreUnavailableException e) {
      // The last: the key ring's store is away before the ring was ever read, nothing can be
      // sealed.
      counters.unavailable();
      SessionScope.foundAway();
      throw new SessionsUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
