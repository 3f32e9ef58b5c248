package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring this process works with, kept fresh. Thread-safe.
 *
 * <p>Once a ring is loaded no caller waits for the store again, with one exception: a payload of an
 * unknown key makes its caller wait for one read, since another replica may have made the key a
 * moment ago. A read that fails leaves the ring as it is.
 */
public final class LiveKeyRing {
  private static final Logger log = LoggerFactory.getLogger(LiveKeyRing.class);

  /**
   * How long a ring is kept after a failed refresh before the next try, as in ASP.NET Core, or the
   * refresh interval if that is shorter.
   */
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(2);

  /**
   * Longest pause after a store that answered the question, but then refused a read or a new key:
   * one that takes no writes now may take them again at any moment.
   */
  private static final Duration REFUSED = Duration.ofSeconds(5);

  /**
   * Between two looks at the store, see {@link #keepUp}: with a deadline of half a second for each
   * answer, what changed is known within a second though its announcement was lost.
   */
  public static final Duration LOOK = Duration.ofMillis(500);

  private final KeyRingLoader loader;
  private final DefaultKeyLog changes;
  private final InstantSource clock;
  private final Executor background;
  private final Duration retryAfterFailure;
  private final UnknownKeys unknownKeys;
  private final ReentrantLock loading = new ReentrantLock();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private final KeyRingCounters counters;
  private volatile @Nullable KeyRing ring;

  /** Looks of {@link #keepUp} that found a change but no usable ring, in a row. */
  private int failedLooks;

  private Instant nextLook = Instant.MIN;

  /** What was last reported as wrong, or null if nothing is: once per trouble, not at each look. */
  private volatile @Nullable String reported;

  /** Loads that have ended, well or not; changed under {@link #loading} only. */
  private volatile long ended;

  /** Why the load that ended last failed, or null if it did not. */
  private volatile @Nullable RuntimeException failure;

  LiveKeyRing(
      KeyRingLoader loader,
      DataProtectionOptions options,
      InstantSource clock,
      Executor background,
      KeyRingCounters counters) {
    this.loader = loader;
    this.changes = new DefaultKeyLog(options.replicaName());
    this.counters = counters;
    this.clock = clock;
    this.background = background;
    this.retryAfterFailure =
        options.refreshInterval().compareTo(AFTER_FAILURE) < 0
            ? options.refreshInterval()
            : AFTER_FAILURE;
    this.unknownKeys = new UnknownKeys(clock);
  }

  /**
   * The ring to work with; read now if there is none yet, refreshed in the background if it is old.
   *
   * @throws DataProtectionException if there is none yet and it cannot be read
   */
  public KeyRing current() {
    KeyRing held = ring;
    if (held == null) {
      return loadFirst();
    }
    if (held.isOldAt(clock.millis())) {
      refreshInBackground();
    }
    return held;
  }

  /** The ring if one is loaded: never reads the store. */
  public Optional<KeyRing> loaded() {
    return Optional.ofNullable(ring);
  }

  /**
   * Looks a key up; one that is not known here is looked for in the store, at most once at a time
   * and not oftener than {@link UnknownKeys} allows.
   */
  public Optional<Key> find(UUID id) {
    KeyRing held = current();
    Optional<Key> key = held.find(id);
    if (key.isPresent()) {
      return key;
    }
    counters.unknownKey();
    if (!unknownKeys.mayAsk(id)) {
      return key;
    }
    try {
      key = newerThan(held).find(id);
    } catch (DataProtectionException e) {
      log.warn("the key ring could not be read for an unknown key: {}", e.getMessage());
      return Optional.empty();
    }
    if (key.isEmpty()) {
      unknownKeys.remember(id);
    }
    return key;
  }

  /**
   * Reads the store now.
   *
   * @throws DataProtectionException if that fails; the ring stays as it is
   */
  public KeyRing refresh() {
    loading.lock();
    try {
      return load();
    } finally {
      loading.unlock();
    }
  }

  /** Asks for a read soon; returns at once. Requests that come together are one read. */
  public void refreshInBackground() {
    if (!refreshing.compareAndSet(false, true)) {
      return;
    }
    try {
      background.execute(
          () -> {
            boolean unused = refreshQuietly();
          });
    } catch (RejectedExecutionException e) {
      refreshing.set(false);
      log.debug("no refresh of the key ring: closed");
    }
  }

  /**
   * One look at the store, by one thread at a time: reads it if there is no ring yet, if the ring
   * is old, or if the store says that something changed. Announcements make this superfluous as
   * long as they arrive; nobody is told of those that do not.
   *
   * <p>Costs one small question. A store that is away is asked again at the next look; one that
   * answers, but with a ring that cannot be used, after pauses that double.
   */
  public void keepUp() {
    Instant now = clock.instant();
    if (now.isBefore(nextLook)) {
      return;
    }
    KeyRing held = ring;
    boolean due = held == null || held.freshUntil().isBefore(now);
    try {
      if (due || (held != null && loader.mayHaveChanged(held))) {
        boolean away = !refreshQuietly() && due && failure instanceof StoreUnavailableException;
        failedLooks = failure == null || away ? 0 : Math.min(failedLooks + 1, 16);
      }
    } catch (DataProtectionException e) {
      log.debug("the store of the key ring was not asked: {}", e.getMessage());
    }
    Duration most = failure instanceof StoreUnavailableException ? REFUSED : retryAfterFailure;
    Duration pause = LOOK.multipliedBy((1L << failedLooks) - 1);
    nextLook = now.plus(pause.compareTo(most) < 0 ? pause : most);
  }

  /** Whether there is a fresh ring now. */
  private boolean refreshQuietly() {
    // Cleared first: what changes from here on needs another read.
    refreshing.set(false);
    try {
      refresh();
      if (reported != null) {
        reported = null;
        log.info("the key ring is read again");
      }
      return true;
    } catch (RuntimeException e) {
      KeyRing held = ring;
      if (held != null) {
        ring = held.freshUntil(clock.instant().plus(retryAfterFailure));
      }
      report(held, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private void report(@Nullable KeyRing held, String problem) {
    if (problem.equals(reported)) {
      return;
    }
    reported = problem;
    if (held == null) {
      log.warn("the key ring could not be loaded yet: {}", problem);
    } else {
      log.warn(
          "the key ring could not be refreshed and stays as of {}: {}", held.loadedAt(), problem);
    }
  }

  private KeyRing loadFirst() {
    long seen = ended;
    loading.lock();
    try {
      KeyRing held = ring;
      if (held != null) {
        return held;
      }
      failWithThoseWhoWaited(seen);
      return load();
    } finally {
      loading.unlock();
    }
  }

  /**
   * A ring whose read began after this call. Callers that wait for each other share a read: the one
   * in progress may have begun too early, the next has not.
   */
  private KeyRing newerThan(KeyRing held) {
    long seen = ended;
    boolean inProgress = loading.isLocked();
    loading.lock();
    try {
      failWithThoseWhoWaited(seen);
      KeyRing now = ring;
      long needed = inProgress ? seen + 2 : seen + 1;
      return now != null && now != held && ended >= needed ? now : load();
    } finally {
      loading.unlock();
    }
  }

  /**
   * A load that failed while this caller waited is its answer too: were each to try again in turn,
   * the last of a hundred would wait for a hundred deadlines of the store.
   */
  private void failWithThoseWhoWaited(long seen) {
    RuntimeException last = failure;
    if (ended != seen && last != null) {
      throw new DataProtectionException(
          "the key ring could not be read: " + last.getMessage(), last);
    }
  }

  private KeyRing load() {
    KeyRing held = ring;
    KeyRing fresh;
    try {
      fresh = loader.load(held);
      failure = null;
      counters.refreshed();
    } catch (RuntimeException e) {
      failure = e;
      counters.refreshFailed();
      if (held != null) {
        ring = loader.withLatestKeys(held);
      }
      throw e;
    } finally {
      ended++;
    }
    ring = fresh;
    changes.seen(held, fresh, clock.instant());
    return fresh;
  }
}
