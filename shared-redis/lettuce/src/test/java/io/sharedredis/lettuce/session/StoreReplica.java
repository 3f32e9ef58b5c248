package io.sharedredis.lettuce.session;

import io.sharedredis.lettuce.session.SessionWrite.Owner;
import io.sharedredis.testkit.session.SessionReplica;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A replica's store, as the model of sessions asks it. */
final class StoreReplica implements SessionReplica {

  private static final Duration NEVER = Duration.ofSeconds(-1);

  private final SessionStore store;

  StoreReplica(SessionStore store) {
    this.store = store;
  }

  @Override
  public Written create(Map<String, String> first, String user) {
    SessionId id = store.newId();
    SessionWrite write =
        SessionWrite.of(bytes(first), Set.of())
            .withTimeout(SessionRedis.TIMEOUT)
            .withOwner(owner(user));
    return written(store.create(id, Instant.EPOCH, write), id);
  }

  @Override
  public Optional<Read> read(String id) {
    return store
        .load(parse(id))
        .map(
            found ->
                new Read(
                    id,
                    SessionRedis.read(found),
                    found.generation(),
                    found.timeout().isNegative(),
                    found));
  }

  @Override
  public Written write(Read read, Change change) {
    SessionId id = parse(read.id());
    SessionId newId = change.newId() ? store.renewed(id) : null;
    SessionWrite write =
        SessionWrite.of(bytes(change.set()), change.removed())
            .withNewId(newId)
            .withOwner(owner(change.user()));
    if (change.never() != null) {
      write = write.withTimeout(change.never() ? NEVER : SessionRedis.TIMEOUT);
    }
    return written(store.save(id, read.generation(), write), newId == null ? id : newId);
  }

  @Override
  public Boolean end(String id) {
    return store.end(parse(id), EndReason.SIGNED_OUT).isPresent();
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
    Set<String> listed = new HashSet<>();
    store.list(user, 0, 100).sessions().forEach(session -> listed.add(session.internal()));
    return listed;
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
    return store.renewed(parse(id)).text();
  }

  private static SessionId parse(String id) {
    return SessionId.parse(id).orElseThrow();
  }

  private static Owner owner(@Nullable String user) {
    if (user == null) {
      return Owner.KEEP;
    }
    return user.isEmpty() ? Owner.NOBODY : new Owner.User(user);
  }

  private static Written written(SaveOutcome outcome, SessionId id) {
    if (outcome instanceof SaveOutcome.Saved saved) {
      return new Written(
          Word.SAVED, id.text(), saved.generation(), saved.conflict(), saved.ended());
    }
    Word word =
        outcome instanceof SaveOutcome.Gone
            ? Word.GONE
            : outcome instanceof SaveOutcome.Former ? Word.FORMER : Word.REFUSED;
    return Written.of(word, id.text());
  }

  private static Map<String, byte[]> bytes(Map<String, String> values) {
    Map<String, byte[]> bytes = new HashMap<>();
    values.forEach((name, text) -> bytes.putAll(SessionRedis.values(name, text)));
    return bytes;
  }
}
