package io.sharedredis.spring.session;

import io.lettuce.core.RedisException;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionPage;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.StoredSession;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.session.FindByIndexNameSessionRepository;
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

  /** Sessions of one user that are found by name, and how many of them one command reads. */
  private static final int FIND_AT_MOST = 1000;

  private static final int PAGE = 100;

  private final SessionStore store;
  private final AttributeCodec codec;
  private final Duration timeout;
  private final InstantSource clock;
  private final ApplicationEventPublisher events;
  private final SessionCounters counters = new SessionCounters();
  private final SharedSession.Renewal renewal;
  private final SessionMigration.Sessions moving;
  private final SessionFollowers followers = new SessionFollowers(counters);
  private final SessionSaves saves;
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
    this.saves =
        new SessionSaves(
            store,
            new PendingWrites(codec, renewal, replica),
            followers,
            counters,
            this::ask,
            session -> events.publishEvent(new SessionCreatedEvent(this, session)));
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
        known.ifPresent(SessionSaves::remember);
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
    saves.save(session);
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
