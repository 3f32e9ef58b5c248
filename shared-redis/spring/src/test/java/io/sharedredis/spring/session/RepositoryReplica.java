package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.StoredSession;
import io.sharedredis.testkit.session.SessionReplica;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;

/** A replica's repository, as the model of sessions asks it: each read is a request of its own. */
final class RepositoryReplica implements SessionReplica {

  static final String OWNER = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

  private static final Duration NEVER = Duration.ofSeconds(-1);

  private final SharedSessionRepository sessions;
  private final SessionStore store;

  RepositoryReplica(SharedSessionRepository sessions, SessionStore store) {
    this.sessions = sessions;
    this.store = store;
  }

  @Override
  public Written create(Map<String, String> first, String user) {
    SharedSession session = sessions.createSession();
    first.forEach(session::setAttribute);
    if (!user.isEmpty()) {
      session.setAttribute(OWNER, user);
    }
    return save(session, Word.SAVED);
  }

  private Written save(SharedSession session, Word expected) {
    try {
      sessions.save(session);
    } catch (SessionLimitException e) {
      return Written.of(Word.REFUSED, session.getId());
    }
    return Written.of(session.isOver() ? Word.GONE : expected, session.getId());
  }

  @Override
  public Optional<Read> read(String id) {
    SharedSession session = sessions.findById(id);
    if (session == null) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String name : session.getAttributeNames()) {
      values.put(name, session.getAttribute(name));
    }
    boolean never = session.getMaxInactiveInterval().isNegative();
    return Optional.of(new Read(id, values, -1, never, session));
  }

  @Override
  public Written write(Read read, Change change) {
    SharedSession session = (SharedSession) read.handle();
    change.set().forEach(session::setAttribute);
    change.removed().forEach(session::removeAttribute);
    String user = change.user();
    if (user != null) {
      session.setAttribute(OWNER, user.isEmpty() ? null : user);
    }
    if (change.never() != null) {
      session.setMaxInactiveInterval(change.never() ? NEVER : SharedSessions.TIMEOUT);
    }
    if (change.newId()) {
      String unused = session.changeSessionId();
    }
    String internal = session.getInternalId();
    Written written = save(session, change.isEmpty() ? Word.NOTHING : Word.SAVED);
    return written.word() == Word.REFUSED || session.getInternalId().equals(internal)
        ? written
        : Written.of(Word.ANOTHER, session.getId());
  }

  @Override
  public @Nullable Boolean end(String id) {
    sessions.deleteById(id);
    return null;
  }

  @Override
  public boolean endOf(String user, String internal) {
    return store.endOf(user, internal, EndReason.REVOKED).isPresent();
  }

  @Override
  public List<String> endAll(String user, String exceptInternal) {
    return store.endAll(user, exceptInternal, EndReason.REVOKED).internals();
  }

  @Override
  public Set<String> list(String user) {
    Set<String> internals = new HashSet<>();
    sessions
        .findByIndexNameAndIndexValue(OWNER, user)
        .values()
        .forEach(session -> internals.add(session.getInternalId()));
    return internals;
  }

  @Override
  public Set<String> reportExpired() {
    List<StoredSession> claimed = store.claimExpired("one", Duration.ofSeconds(9), 100);
    List<String> internals = claimed.stream().map(StoredSession::internal).toList();
    store.confirmExpired(internals);
    return Set.copyOf(internals);
  }

  @Override
  public String renewed(String id) {
    return store.renewed(SessionId.parse(id).orElseThrow()).text();
  }
}
