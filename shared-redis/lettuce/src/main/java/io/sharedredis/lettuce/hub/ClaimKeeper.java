package io.sharedredis.lettuce.hub;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this replica's claims alive: renews them long before they expire, records those made while
 * Redis was away, and all of them again when Redis is back, since it may have forgotten them.
 * Thread-safe; {@link #tick} is called once a second.
 */
public final class ClaimKeeper {

  private static final Logger log = LoggerFactory.getLogger(ClaimKeeper.class);

  /** Renewed so often within a lease, so that two failures in a row do no harm. */
  private static final int RENEWALS_PER_LEASE = 3;

  /** Commands of one tick: 20,000 connections are recorded anew in 5 s, without a burst. */
  private static final int BATCH = 4_000;

  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final ClaimStore store;
  private final long renewNanos;
  private final LongSupplier nanoTime;

  /** When each connection's claim is written next. */
  private final Map<ClaimedConnection, Long> due = new ConcurrentHashMap<>();

  private final LongAdder alone = new LongAdder();
  private final LongAdder conflicts = new LongAdder();

  public ClaimKeeper(ClaimStore store, ClaimTimes times, LongSupplier nanoTime) {
    this.store = store;
    this.renewNanos = times.lease().toNanos() / RENEWALS_PER_LEASE;
    this.nanoTime = nanoTime;
    store.onReturn(this::recordAll);
  }

  /** A connection is this replica's, and its claim stands in Redis. */
  public void made(ClaimedConnection connection) {
    due.put(connection, nanoTime.getAsLong() + renewNanos);
  }

  /** A connection was accepted while Redis was away: its claim is written when it is back. */
  public void accepted(ClaimedConnection connection) {
    alone.increment();
    due.put(connection, nanoTime.getAsLong());
  }

  /** A connection was given to another replica. */
  public void gaveUp(ClaimedConnection connection) {
    due.remove(connection);
  }

  /** A connection has ended. */
  public void ended(ClaimedConnection connection) {
    if (due.remove(connection) != null) {
      // When it fails the claim expires by itself, and this replica says until then that it ended.
      var unused = store.end(connection).exceptionally(failure -> null);
    }
  }

  private void recordAll() {
    long now = nanoTime.getAsLong();
    due.replaceAll((connection, at) -> now);
    tick();
  }

  /** Writes what is due. */
  public void tick() {
    long now = nanoTime.getAsLong();
    int left = BATCH;
    for (Map.Entry<ClaimedConnection, Long> entry : due.entrySet()) {
      if (now - entry.getValue() >= 0 && left-- > 0) {
        keep(entry.getKey(), now);
      }
    }
  }

  private void keep(ClaimedConnection connection, long now) {
    due.replace(connection, now + renewNanos);
    var unused =
        store
            .keep(connection)
            .whenComplete(
                (kept, failure) -> {
                  if (failure != null) {
                    due.replace(connection, now + RETRY_NANOS);
                  } else if (!kept && due.containsKey(connection)) {
                    conflicts.increment();
                    log.warn(
                        "Connection {} is claimed by another replica too",
                        connection.connectionId());
                  }
                });
  }

  /** Connections that were accepted while Redis was away. */
  public long acceptedAlone() {
    return alone.sum();
  }

  /** How often a claim that was to be renewed stood in Redis as another replica's. */
  public long conflicts() {
    return conflicts.sum();
  }

  /** How many connections are this replica's. */
  public int size() {
    return due.size();
  }
}
