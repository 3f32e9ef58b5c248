package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.session.Session;

/**
 * A session as one request sees it: read once, each attribute decoded when it is asked for, changes
 * kept until the repository saves them. A request whose session ends meanwhile goes on with what it
 * has here. Thread-safe.
 */
public final class SharedSession implements Session {

  /** Spring Security's attribute; its removal would cost a second write after the response. */
  private static final String FAILED_SIGN_IN = "SPRING_SECURITY_LAST_EXCEPTION";

  private final AttributeCodec codec;
  private final Renewal renewal;
  private final Instant created;
  private final Map<String, Object> decoded = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private Map<String, Optional<Object>> changes = new LinkedHashMap<>();

  /** What was last taken to be saved, and may be under way. */
  private Map<String, Optional<Object>> taken = Map.of();

  private @Nullable StoredSession stored;
  private @Nullable Duration rememberFor;
  private @Nullable String cameAs;
  private boolean adopted;
  private SessionId id;
  private SessionId savedId;
  private long generation;
  private Instant lastAccess;

  /** By this replica's clock, unlike what Redis says of the last access: the two may differ. */
  private Instant used;

  private Duration timeout;
  private Duration savedTimeout;
  private boolean fresh;
  private boolean over;

  /** A new session that nobody has saved. */
  SharedSession(
      SessionId id, Instant created, Duration timeout, AttributeCodec codec, Renewal renewal) {
    this.codec = codec;
    this.renewal = renewal;
    this.id = id;
    this.savedId = id;
    this.created = created;
    this.lastAccess = created;
    this.used = renewal.now();
    this.timeout = timeout;
    this.savedTimeout = timeout;
    this.fresh = true;
  }

  /** A session that was read. */
  SharedSession(SessionId id, StoredSession stored, AttributeCodec codec, Renewal renewal) {
    this(id, stored.created(), stored.timeout(), codec, renewal);
    this.stored = stored;
    this.generation = stored.generation();
    this.lastAccess = stored.lastAccess();
    this.fresh = false;
  }

  @Override
  public synchronized String getId() {
    return id.text();
  }

  /** What names the session to people and in Redis; no secret. */
  public synchronized String getInternalId() {
    return id.internal();
  }

  @Override
  public synchronized String changeSessionId() {
    id = renewal.renewed(id);
    return id.text();
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> @Nullable T getAttribute(String name) {
    return (T) value(name);
  }

  private @Nullable Object value(String name) {
    StoredSession from;
    synchronized (this) {
      Optional<Object> change = changes.get(name);
      if (change != null) {
        return change.orElse(null);
      }
      Object known = decoded.get(name);
      if (known != null || stored == null || gone.contains(name)) {
        return known;
      }
      from = stored;
    }
    // Outside the lock: opening may have to ask for a key.
    Object value = codec.read(from, name);
    synchronized (this) {
      if (value == null) {
        gone.add(name);
        return null;
      }
      Object first = decoded.putIfAbsent(name, value);
      return first == null ? value : first;
    }
  }

  @Override
  public synchronized Set<String> getAttributeNames() {
    Set<String> names = new HashSet<>(decoded.keySet());
    if (stored != null) {
      names.addAll(stored.names());
    }
    names.removeAll(gone);
    changes.forEach(
        (name, value) -> {
          if (value.isPresent()) {
            names.add(name);
          } else {
            names.remove(name);
          }
        });
    return names;
  }

  /**
   * @throws SessionAttributeException if a value of this type could not be read again; types that
   *     are found inside of it only are found out when the session is saved
   */
  @Override
  public void setAttribute(String name, @Nullable Object value) {
    if (value == null) {
      removeAttribute(name);
      return;
    }
    codec.check(name, value);
    synchronized (this) {
      changes.put(name, Optional.of(value));
    }
  }

  /**
   * What a parallel request may have set meanwhile is removed with it; but for what Spring Security
   * removes after every sign-in that succeeds, there or not.
   */
  @Override
  public synchronized void removeAttribute(String name) {
    if (!name.equals(FAILED_SIGN_IN) || isThere(name)) {
      changes.put(name, Optional.empty());
    }
  }

  private boolean isThere(String name) {
    return changes.containsKey(name)
        || taken.containsKey(name)
        || decoded.containsKey(name)
        || (stored != null && stored.names().contains(name));
  }

  @Override
  public Instant getCreationTime() {
    return created;
  }

  @Override
  public synchronized Instant getLastAccessedTime() {
    return lastAccess;
  }

  @Override
  public synchronized void setLastAccessedTime(Instant time) {
    lastAccess = time;
    used = time;
  }

  @Override
  public synchronized Duration getMaxInactiveInterval() {
    return timeout;
  }

  @Override
  public synchronized void setMaxInactiveInterval(Duration interval) {
    timeout = interval;
  }

  @Override
  public synchronized boolean isExpired() {
    return timeout.compareTo(Duration.ZERO) > 0 && !used.plus(timeout).isAfter(renewal.now());
  }

  /** The id under which the store knows it. */
  synchronized SessionId savedId() {
    return savedId;
  }

  /** Its id is one that came with the request, from whoever made the cookie. */
  synchronized void adopt() {
    adopted = true;
  }

  /** Whether it has an id that came with the request, and is not saved yet. */
  synchronized boolean adopted() {
    return adopted && fresh;
  }

  /** Another request of the page has made the session meanwhile: changes go there. */
  synchronized void join(StoredSession theirs) {
    stored = theirs;
    generation = theirs.generation();
    savedTimeout = theirs.timeout();
    timeout = theirs.timeout();
    fresh = false;
  }

  /** It was kept elsewhere before: its id is remembered for so long when it is created here. */
  synchronized void rememberFor(Duration time) {
    rememberFor = time;
  }

  synchronized @Nullable Duration rememberFor() {
    return rememberFor;
  }

  /** The id of another store under which this request asked for it. */
  synchronized void cameAs(String id) {
    cameAs = id;
  }

  synchronized @Nullable String cameAs() {
    return cameAs;
  }

  /** Whether nothing of it will be saved any more. */
  synchronized boolean isOver() {
    return over;
  }

  synchronized void end() {
    over = true;
  }

  /** Takes what has to be saved; empty if there is nothing. */
  synchronized Optional<Pending> take() {
    boolean sameId = id.equals(savedId);
    boolean sameTimeout = timeout.equals(savedTimeout);
    if (over || (!fresh && changes.isEmpty() && sameId && sameTimeout)) {
      return Optional.empty();
    }
    Pending pending =
        new Pending(
            fresh,
            fresh ? id : savedId,
            fresh || sameId ? null : id,
            generation,
            fresh || !sameTimeout ? timeout : null,
            changes);
    taken = changes;
    changes = new LinkedHashMap<>();
    return Optional.of(pending);
  }

  /** What was taken was saved. */
  synchronized void saved(Pending pending, long newGeneration) {
    fresh = false;
    generation = newGeneration;
    savedId = pending.newId() == null ? pending.id() : pending.newId();
    if (pending.timeout() != null) {
      savedTimeout = pending.timeout();
    }
    pending
        .changes()
        .forEach(
            (name, value) -> {
              if (value.isPresent()) {
                decoded.put(name, value.get());
                gone.remove(name);
              } else {
                decoded.remove(name);
                gone.add(name);
              }
            });
  }

  /** What was taken could not be saved: as if it had not been taken. */
  synchronized void notSaved(Pending pending) {
    Map<String, Optional<Object>> both = new LinkedHashMap<>(pending.changes());
    both.putAll(changes);
    changes = both;
  }

  /**
   * What was taken is not wanted: a session that is there goes on as it was, under the id that it
   * had, and a new one is none.
   */
  synchronized void refused(Pending pending) {
    if (pending.fresh()) {
      over = true;
    } else {
      id = savedId;
      timeout = savedTimeout;
    }
  }

  /** Goes on as a session of its own with everything that it shows now. */
  void becomeAnother(SessionId another) {
    Map<String, Optional<Object>> everything = new LinkedHashMap<>();
    for (String name : getAttributeNames()) {
      everything.put(name, Optional.ofNullable(value(name)));
    }
    begin(another, everything);
  }

  private synchronized void begin(SessionId another, Map<String, Optional<Object>> everything) {
    changes = everything;
    stored = null;
    decoded.clear();
    gone.clear();
    id = another;
    savedId = another;
    generation = 0;
    fresh = true;
  }

  /**
   * What has to be saved.
   *
   * @param fresh whether the store does not know the session
   * @param timeout null if it did not change
   * @param changes by name, empty for a removed attribute
   */
  record Pending(
      boolean fresh,
      SessionId id,
      @Nullable SessionId newId,
      long generation,
      @Nullable Duration timeout,
      Map<String, Optional<Object>> changes) {}

  /** What a session needs of the repository it came from. */
  interface Renewal {
    SessionId renewed(SessionId id);

    Instant now();
  }
}
