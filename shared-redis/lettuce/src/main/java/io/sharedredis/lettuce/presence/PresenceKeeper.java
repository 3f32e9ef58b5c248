package io.sharedredis.lettuce.presence;

import io.sharedredis.hub.Presence.Listening;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.lifetime.PresenceListeners;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.presence.PresenceStore.Beat;
import io.sharedredis.lettuce.presence.PresenceStore.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a replica's inventory of one hub's connections true: notes which connections have changed
 * and writes what they are now, many in one call where they come fast, one call at a time. What
 * could not be written stays noted. Thread-safe; {@link #changed} costs no more than the note.
 */
public final class PresenceKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PresenceKeeper.class);

  /** Connections in one call: some milliseconds of Redis' time. */
  private static final int BATCH = 100;

  /** Events read at a time, and by that the most that wait for slow listeners. */
  private static final int EVENTS = 1_000;

  /**
   * Notes that are kept while Redis is away, about ten megabytes; with more, everything is written
   * anew instead.
   */
  private static final int NOTES = 100_000;

  /** Beats in a row that may find another number of records than there are connections. */
  private static final int PATIENCE = 3;

  /** What this replica has, told when it is written. */
  public interface Local {
    /** What a connection is now. */
    PresenceEntry entry(String connectionId);

    /** Ids of all connections. */
    Set<String> connectionIds();

    /** How many connections there are. */
    int size();
  }

  /** Longest time for which a former master goes on taking what will be lost. */
  private static final Duration FAIL_OVER = Duration.ofSeconds(30);

  private final PresenceStore store;
  private final PresenceTimes times;
  private final String server;
  private final Local local;
  private final ScheduledExecutorService scheduler;
  private final Executor telling;
  private final PresenceListeners listeners = new PresenceListeners();
  private final AtomicBoolean told = new AtomicBoolean(true);
  private final ScheduledFuture<?> beating;

  // All below is guarded by this; nothing under it waits.
  private final Set<String> dirty = new LinkedHashSet<>();
  private final RecentChanges recent;
  private String inventory;
  private int lives;
  private boolean entered;
  private boolean entering;
  private boolean writing;
  private boolean beatUnderway;
  private boolean closed;
  private long number;
  private long lastEvent;
  private boolean missed;
  private int mismatches;
  private long changes;
  private volatile boolean complained;
  private long beats;

  /** Beats in a row that Redis answered. */
  private long calm;

  /**
   * Begins to keep; returns at once.
   *
   * @param server this process's name, new at each start
   * @param scheduler runs the beat; its tasks do not block
   * @param telling runs listeners, which may block, one task at a time
   */
  public PresenceKeeper(
      PresenceStore store,
      PresenceTimes times,
      String server,
      Local local,
      ScheduledExecutorService scheduler,
      Executor telling) {
    this.store = store;
    this.times = times;
    this.server = server;
    this.local = local;
    this.scheduler = scheduler;
    this.telling = telling;
    this.inventory = server;
    long beat = times.beat().toMillis();
    this.recent = new RecentChanges(FAIL_OVER.toMillis() / beat);
    this.beating = scheduler.scheduleWithFixedDelay(this::beat, beat, beat, TimeUnit.MILLISECONDS);
    enter();
  }

  /** A connection came, went, or changed its groups. */
  public void changed(String connectionId) {
    synchronized (this) {
      dirty.add(connectionId);
      recent.add(connectionId);
      changes++;
      if (dirty.size() > NOTES + local.size()) {
        dirty.clear();
        forgotten(inventory);
      }
    }
    write();
  }

  /** See {@link io.sharedredis.hub.Presence#listen}. */
  public Listening listen(Consumer<PresenceEvent> listener) {
    return listeners.add(listener);
  }

  /**
   * Redis is back, perhaps without its memory: what is there shows at once, not at the next beat. A
   * server that has become master may lack the last changes and still count as many connections:
   * they are written again, as is everything.
   */
  public void returned() {
    synchronized (this) {
      if (entered) {
        recent.addTo(dirty);
        dirty.addAll(local.connectionIds());
        changes++;
      }
    }
    beat();
  }

  private void enter() {
    String name;
    synchronized (this) {
      if (closed || entered || entering) {
        return;
      }
      entering = true;
      // A new life begins a new inventory: the old one is cleaned up like a dead replica's.
      name = lives == 0 ? server : server + "/" + lives;
      inventory = name;
      number = 0;
    }
    var unused =
        store
            .enter(name)
            .whenComplete(
                (last, failure) -> {
                  complain(failure);
                  synchronized (this) {
                    entering = false;
                    if (failure != null || closed) {
                      return;
                    }
                    entered = true;
                    missed = lives > 0;
                    lives++;
                    lastEvent = last;
                    dirty.addAll(local.connectionIds());
                  }
                  write();
                });
  }

  private void write() {
    List<String> batch = new ArrayList<>();
    List<PresenceEntry> entries = new ArrayList<>();
    String name;
    long call;
    synchronized (this) {
      if (!entered || writing || dirty.isEmpty() || closed) {
        return;
      }
      writing = true;
      name = inventory;
      call = ++number;
      for (Iterator<String> ids = dirty.iterator(); ids.hasNext() && batch.size() < BATCH; ) {
        batch.add(ids.next());
        ids.remove();
      }
    }
    // Read after the note was taken off: a change from here on makes another note.
    batch.forEach(id -> entries.add(local.entry(id)));
    var unused =
        store
            .write(name, call, entries)
            .whenComplete(
                (known, failure) -> {
                  boolean more;
                  synchronized (this) {
                    writing = false;
                    boolean done = failure == null && known;
                    if (!done) {
                      dirty.addAll(batch);
                    }
                    more = done && !dirty.isEmpty();
                    if (failure == null && !known) {
                      forgotten(name);
                    }
                  }
                  if (failure != null) {
                    log.debug("Presence could not be written; it will be again", failure);
                  } else if (more) {
                    write();
                  } else if (!known) {
                    enter();
                  }
                });
  }

  /** Called under the lock. */
  private void forgotten(String name) {
    if (name.equals(inventory)) {
      entered = false;
      mismatches = 0;
    }
  }

  private void beat() {
    String name;
    boolean complete;
    long last;
    long changed;
    long steady;
    synchronized (this) {
      if (closed || beatUnderway) {
        return;
      }
      changed = changes;
      steady = calm;
      if (!entered) {
        name = null;
        complete = false;
        last = 0;
      } else {
        recent.beat();
        beatUnderway = true;
        name = inventory;
        complete = dirty.isEmpty() && !writing;
        last = lastEvent;
        long refreshing = Math.max(1, times.refresh().toMillis() / times.beat().toMillis());
        if (++beats % refreshing == 0) {
          dirty.addAll(local.connectionIds());
        }
      }
    }
    if (name == null) {
      enter();
      return;
    }
    write();
    boolean hear = !listeners.isEmpty() && told.get();
    // After an outage all leases have ended; who is alive needs a moment to say so.
    boolean cleans = steady > times.lease().toMillis() / times.beat().toMillis();
    var unused =
        store
            .beat(name, complete, last, hear ? EVENTS : 0, cleans)
            .whenComplete(
                (beat, failure) -> {
                  complain(failure);
                  beaten(name, complete, changed, hear, beat);
                });
  }

  /** That Redis is away its connection says; that it refuses must not stay unseen. */
  private void complain(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null) {
      complained = false;
    } else if (!(cause instanceof RedisUnavailableException) && !complained) {
      complained = true;
      log.warn("Who is connected is not recorded: {}", cause.getMessage());
    }
  }

  private void beaten(
      String name, boolean complete, long changed, boolean hear, @Nullable Beat beat) {
    boolean enterAgain;
    synchronized (this) {
      beatUnderway = false;
      calm = beat == null || !beat.known() ? 0 : calm + 1;
      if (beat == null || closed || !name.equals(inventory)) {
        return;
      }
      if (!beat.known()) {
        forgotten(name);
      } else if (complete && changed == changes) {
        // Cannot be unless Redis lost or somebody changed a part of it.
        boolean differs = beat.recorded() != local.size();
        mismatches = differs ? mismatches + 1 : 0;
        if (mismatches >= PATIENCE) {
          log.warn("The record of this replica's connections is wrong in Redis; writing it anew");
          var unusedLeft = store.leave(name);
          forgotten(name);
        }
      }
      enterAgain = !entered;
    }
    if (enterAgain) {
      enter();
      return;
    }
    hear(beat, hear);
    if (beat.dead() != null) {
      clean(beat.dead(), name);
    }
  }

  private void hear(Beat beat, boolean wanted) {
    List<PresenceEvent> events = new ArrayList<>();
    synchronized (this) {
      if (!wanted) {
        // Whoever begins to listen hears what happens from then on; slow ones go on where they are.
        if (listeners.isEmpty()) {
          lastEvent = beat.lastEvent();
          missed = false;
        }
        return;
      }
      if (missed) {
        missed = false;
        events.add(new PresenceEvent.Missed());
      }
      for (Told one : beat.events()) {
        if (lastEvent != 0 && one.number() != lastEvent + 1) {
          events.add(new PresenceEvent.Missed());
        }
        lastEvent = one.number();
        events.add(one.event());
      }
    }
    if (!events.isEmpty()) {
      told.set(false);
      telling.execute(
          () -> {
            events.forEach(listeners::tell);
            told.set(true);
          });
      if (beat.events().size() == EVENTS) {
        var unused = scheduler.schedule(this::beat, 10, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void clean(String dead, String claimant) {
    var unused =
        store
            .clean(dead, claimant)
            .thenAccept(
                more -> {
                  if (more) {
                    clean(dead, claimant);
                  }
                })
            // Whoever claims it next goes on.
            .exceptionally(failure -> null);
  }

  /** Ends the lease; others clean up. */
  @Override
  public void close() {
    String name;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      name = entered ? inventory : null;
    }
    beating.cancel(false);
    if (name != null) {
      var unused = store.leave(name).exceptionally(failure -> null);
    }
  }

  /** For tests: dies without a word, as a process that is killed. */
  void die() {
    synchronized (this) {
      closed = true;
    }
    beating.cancel(false);
  }
}
