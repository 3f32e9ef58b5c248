package io.sharedredis.lettuce.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that were read in the last second or two on this replica, before the store: what is here
 * costs no command. Thread-safe.
 *
 * <p>Replicas tell each other of writes and ends, and what they tell of is dropped. An announcement
 * that is lost costs no more than the time to live; while announcements cannot be heard nothing is
 * kept. A save is checked against the store's generation as ever.
 */
public final class CachedSessionStore implements SessionStore {

  /** Counters of announcements, by hash of the session: two of a thousand meet now and then. */
  private static final int STRIPES = 1 << 10;

  private final SessionStore store;
  private final Duration timeToLive;
  private final Consumer<String> announce;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Entry> entries;
  private final AtomicLongArray dropped = new AtomicLongArray(STRIPES);
  private final LongAdder hits = new LongAdder();
  private volatile BooleanSupplier connected = () -> true;
  private boolean hearing;

  /**
   * @param timeToLive of an entry: how late an end may be in force when its announcement is lost
   * @param most entries; the one that was not read for the longest time goes first
   * @param announce tells the other replicas that the session with this internal id was written;
   *     must not block or fail
   * @param nanoTime {@link System#nanoTime}
   */
  public CachedSessionStore(
      SessionStore store,
      Duration timeToLive,
      int most,
      Consumer<String> announce,
      LongSupplier nanoTime) {
    this.store = store;
    this.timeToLive = timeToLive;
    this.announce = announce;
    this.nanoTime = nanoTime;
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > most;
          }
        };
  }

  /** Asked before each use: whether announcements can arrive at all. */
  public void listensBy(BooleanSupplier connection) {
    this.connected = connection;
  }

  /** Announcements are heard from now on, none of those before: begins to keep. */
  public void hears() {
    lock.lock();
    try {
      entries.clear();
      hearing = true;
    } finally {
      lock.unlock();
    }
  }

  /** Announcements may be missed from now on: keeps nothing until they are heard again. */
  public void isDeaf() {
    lock.lock();
    try {
      hearing = false;
      entries.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Another replica has written or ended a session. */
  public void drop(String internal) {
    dropped.incrementAndGet(stripe(internal));
    lock.lock();
    try {
      entries.remove(internal);
    } finally {
      lock.unlock();
    }
  }

  /** Reads that cost no command so far. */
  public long hits() {
    return hits.sum();
  }

  @Override
  public Optional<StoredSession> load(SessionId id) {
    StoredSession known = find(id);
    if (known != null) {
      hits.increment();
      return Optional.of(known);
    }
    long before = dropped.get(stripe(id.internal()));
    long began = nanoTime.getAsLong();
    Optional<StoredSession> loaded = store.load(id);
    // What a former id sees is for that id only, and it ends soon.
    loaded
        .filter(session -> !session.former())
        .ifPresent(session -> keep(id, session, before, began));
    return loaded;
  }

  private @Nullable StoredSession find(SessionId id) {
    boolean away = !connected.getAsBoolean();
    lock.lock();
    try {
      if (hearing && away) {
        isDeaf();
      }
      Entry entry = entries.get(id.internal());
      if (entry == null || !entry.id().equals(id)) {
        return null;
      }
      if (nanoTime.getAsLong() - entry.began() >= timeToLive.toNanos()) {
        entries.remove(id.internal());
        return null;
      }
      return entry.session();
    } finally {
      lock.unlock();
    }
  }

  /** Unless the session was written or ended while it was on the way. */
  private void keep(SessionId id, StoredSession session, long before, long began) {
    lock.lock();
    try {
      if (hearing && dropped.get(stripe(id.internal())) == before) {
        entries.put(id.internal(), new Entry(id, session, began));
      }
    } finally {
      lock.unlock();
    }
  }

  private static int stripe(String internal) {
    return Math.floorMod(internal.hashCode(), STRIPES);
  }

  /** Runs what changes a session, whatever becomes of it; others hear of it afterwards. */
  private <T> T changing(String internal, Supplier<T> change) {
    try {
      return change.get();
    } finally {
      drop(internal);
    }
  }

  @Override
  public SaveOutcome save(SessionId id, long generation, SessionWrite change) {
    SaveOutcome outcome = changing(id.internal(), () -> store.save(id, generation, change));
    announce.accept(id.internal());
    return ending(outcome);
  }

  /** Sessions that were ended for one more of their user are not known here any more. */
  private SaveOutcome ending(SaveOutcome outcome) {
    if (outcome instanceof SaveOutcome.Saved saved) {
      saved.ended().forEach(this::drop);
    }
    return outcome;
  }

  @Override
  public Optional<StoredSession> end(SessionId id, EndReason reason) {
    return changing(id.internal(), () -> store.end(id, reason));
  }

  @Override
  public Optional<StoredSession> endByInternal(String internal, EndReason reason) {
    return changing(internal, () -> store.endByInternal(internal, reason));
  }

  @Override
  public Optional<StoredSession> endOf(String user, String internal, EndReason reason) {
    return changing(internal, () -> store.endOf(user, internal, reason));
  }

  @Override
  public EndedSessions endAll(String user, String exceptInternal, EndReason reason) {
    EndedSessions ended = store.endAll(user, exceptInternal, reason);
    ended.internals().forEach(this::drop);
    return ended;
  }

  @Override
  public SaveOutcome create(SessionId id, Instant created, SessionWrite first) {
    return ending(store.create(id, created, first));
  }

  @Override
  public SaveOutcome createMoved(
      SessionId id, Instant created, SessionWrite first, Duration remember) {
    return ending(changing(id.internal(), () -> store.createMoved(id, created, first, remember)));
  }

  @Override
  public Move move(SessionId id) {
    return store.move(id);
  }

  @Override
  public Move moveDone(SessionId id) {
    return store.moveDone(id);
  }

  @Override
  public SessionId newId() {
    return store.newId();
  }

  @Override
  public SessionId renewed(SessionId id) {
    return store.renewed(id);
  }

  @Override
  public long count() {
    return store.count();
  }

  @Override
  public SessionPage list(String user, int from, int count) {
    return store.list(user, from, count);
  }

  @Override
  public SessionPage outline(String user, int from, int count) {
    return store.outline(user, from, count);
  }

  @Override
  public List<StoredSession> claimExpired(String claimant, Duration confirmWithin, int most) {
    return store.claimExpired(claimant, confirmWithin, most);
  }

  @Override
  public void confirmExpired(Collection<String> internals) {
    store.confirmExpired(internals);
    internals.forEach(this::drop);
  }

  @Override
  public List<StoredSession> claimEnded(String claimant, Duration confirmWithin, int most) {
    return store.claimEnded(claimant, confirmWithin, most);
  }

  @Override
  public void confirmEnded(Collection<String> internals) {
    store.confirmEnded(internals);
  }

  private record Entry(SessionId id, StoredSession session, long began) {}
}
