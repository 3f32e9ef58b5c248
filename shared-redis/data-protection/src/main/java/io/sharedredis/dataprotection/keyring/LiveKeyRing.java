package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import java.time.Duration;
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

  private final KeyRingLoader loader;
  private final InstantSource clock;
  private final Executor background;
  private final Duration retryAfterFailure;
  private final UnknownKeys unknownKeys;
  private final ReentrantLock loading = new ReentrantLock();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private final KeyRingCounters counters;
  private volatile @Nullable KeyRing ring;

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
    if (held.freshUntil().isBefore(clock.instant())) {
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
      background.execute(this::refreshQuietly);
    } catch (RejectedExecutionException e) {
      refreshing.set(false);
      log.debug("no refresh of the key ring: closed");
    }
  }

  private void refreshQuietly() {
    // Cleared first: what changes from here on needs another read.
    refreshing.set(false);
    try {
      refresh();
    } catch (RuntimeException e) {
      KeyRing held = ring;
      if (held == null) {
        log.warn("the key ring could not be loaded yet: {}", e.getMessage());
        return;
      }
      ring = held.freshUntil(clock.instant().plus(retryAfterFailure));
      log.warn(
          "the key ring could not be refreshed and stays as of {}: {}",
          held.loadedAt(),
          e.getMessage());
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
      throw e;
    } finally {
      ended++;
    }
    ring = fresh;
    if (held == null || !held.defaultKey().id().equals(fresh.defaultKey().id())) {
      log.info(
          "default key is {} (expires {}), ring of {} keys",
          fresh.defaultKey().id(),
          fresh.defaultKey().expiration(),
          fresh.keys().size());
    }
    return fresh;
  }
}
