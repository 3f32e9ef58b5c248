package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Appended;
import io.sharedredis.lettuce.backplane.History.Entry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages into the history. Of one channel one batch is under way at a time, and is tried
 * again until it is confirmed or its messages are too old: so messages are kept in the order of the
 * calls, whatever fails. Thread-safe.
 */
final class ReliablePublisher {

  /** Messages in one call of the script: enough to pay for it, few enough not to hold up Redis. */
  private static final int BATCH = 100;

  /** Unit: bytes. The same bound for large messages; a larger one goes alone. */
  private static final int BATCH_BYTES = 1024 * 1024;

  /** Messages of one channel that wait while Redis is away; more are refused. */
  private static final int WAITING = 10_000;

  /** Unit: bytes. What all channels together may hold meanwhile; more is refused. */
  private static final long WAITING_BYTES = 64L * 1024 * 1024;

  /** Channels whose last confirmed position is remembered while nothing is sent to them. */
  private static final int IDLE = 10_000;

  /** Unit: milliseconds. First pause before another try; doubled up to {@link #LAST_PAUSE}. */
  private static final long FIRST_PAUSE = 20;

  /** Unit: milliseconds. Messages are to go on well within a second after Redis is back. */
  private static final long LAST_PAUSE = 500;

  /**
   * Unit: milliseconds. A try that began in time may be answered after it; whoever has heard
   * nothing by then waits behind others.
   */
  private static final long LAST_TRY = 2_000;

  private final History history;
  private final long id;
  private final int maxBytes;
  private final Duration retryTimeout;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final RandomGenerator random;
  private final BackplaneMeters meters;
  private final Map<String, Outlet> outlets = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong waitingBytes = new AtomicLong();

  /**
   * @param id random number by which replicas and Redis know this publisher
   */
  ReliablePublisher(
      History history,
      long id,
      int maxBytes,
      Duration retryTimeout,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this.history = history;
    this.id = id;
    this.maxBytes = maxBytes;
    this.retryTimeout = retryTimeout;
    this.clock = clock;
    this.scheduler = scheduler;
    this.random = random;
    this.meters = meters;
  }

  /**
   * Completes with the message's position when it is confirmed.
   *
   * @param delayed runs, perhaps more than once, when it takes another try or waits for one that
   *     does
   */
  CompletableFuture<Position> send(
      String channel,
      Collection<String> excluded,
      Map<String, byte[]> framed,
      @Nullable String key,
      Runnable delayed) {
    byte[] before = BackplaneCodec.beforePosition(excluded, framed);
    if (before.length > maxBytes - 64) {
      return refused(
          "it is " + before.length + " bytes long, more than the " + maxBytes + " allowed");
    }
    if (waitingBytes.addAndGet(before.length) > WAITING_BYTES) {
      waitingBytes.addAndGet(-before.length);
      return refused("too many reliable messages wait for Redis");
    }
    CompletableFuture<Position> result = new CompletableFuture<>();
    long deadline = clock.millis() + retryTimeout.toMillis();
    boolean[] taken = {false};
    Outlet outlet =
        outlets.compute(
            channel,
            (name, known) -> {
              Outlet present = known == null ? new Outlet(channel) : known;
              taken[0] = present.add(before, key, result, deadline, delayed);
              return present;
            });
    if (!taken[0]) {
      waitingBytes.addAndGet(-before.length);
      return refused("too many reliable messages of its channel wait for Redis");
    }
    var unused = result.whenComplete((position, failure) -> waitingBytes.addAndGet(-before.length));
    outlet.pump();
    if (outlet.retrying) {
      delayed.run();
    }
    return result;
  }

  /** Whose time is over hears so; to be called about every second. */
  void expire() {
    outlets.values().forEach(Outlet::expire);
  }

  private CompletableFuture<Position> refused(String why) {
    meters.count(Event.NOT_SENT);
    return CompletableFuture.failedFuture(BackplaneException.notSent(why));
  }

  private static final class Pending {
    final Entry entry;
    final CompletableFuture<Position> result;
    final long deadline;
    final Runnable delayed;
    volatile boolean mayBeKept;

    Pending(Entry entry, CompletableFuture<Position> result, long deadline, Runnable delayed) {
      this.delayed = delayed;
      this.entry = entry;
      this.result = result;
      this.deadline = deadline;
    }
  }

  /** The messages of one channel. */
  private final class Outlet {
    private final String channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private boolean sending;

    /** The batch that is tried, or waits for its turn to be. */
    private List<Pending> underWay = List.of();

    /** Whether the batch under way has been tried in vain. */
    private volatile boolean retrying;

    private Position confirmed = Position.START;

    Outlet(String channel) {
      this.channel = channel;
    }

    boolean add(
        byte[] before,
        @Nullable String key,
        CompletableFuture<Position> result,
        long deadline,
        Runnable delayed) {
      lock.lock();
      try {
        if (waiting.size() >= WAITING) {
          return false;
        }
        long number = numbers.incrementAndGet();
        byte[] after = BackplaneCodec.afterPosition(new Stamp(id, number, 0));
        return waiting.add(
            new Pending(new Entry(number, before, after, key), result, deadline, delayed));
      } finally {
        lock.unlock();
      }
    }

    boolean idle() {
      lock.lock();
      try {
        return !sending && waiting.isEmpty();
      } finally {
        lock.unlock();
      }
    }

    /** Sends the next batch unless one is under way. */
    void pump() {
      List<Pending> batch = new ArrayList<>();
      lock.lock();
      try {
        if (sending) {
          return;
        }
        int bytes = 0;
        while (!waiting.isEmpty() && batch.size() < BATCH) {
          bytes += waiting.element().entry.bytes();
          if (bytes > BATCH_BYTES && !batch.isEmpty()) {
            break;
          }
          batch.add(waiting.remove());
        }
        sending = !batch.isEmpty();
        underWay = batch;
      } finally {
        lock.unlock();
      }
      if (!batch.isEmpty()) {
        attempt(batch, 0);
      } else if (outlets.size() > IDLE) {
        outlets.computeIfPresent(channel, (name, outlet) -> outlet.idle() ? null : outlet);
      }
    }

    private void attempt(List<Pending> batch, int number) {
      List<Entry> entries = batch.stream().map(pending -> pending.entry).toList();
      var unused =
          history
              .append(channel, id, entries, confirmed)
              .whenComplete((appended, failure) -> tried(batch, number, appended, failure));
    }

    private void tried(
        List<Pending> batch, int number, @Nullable Appended appended, @Nullable Throwable failure) {
      if (appended != null && appended.confirmed()) {
        meters.count(Event.RELIABLE_PUBLISHED, batch.size());
        List<Position> positions = appended.positions();
        next(positions.get(positions.size() - 1));
        for (int i = 0; i < batch.size(); i++) {
          batch.get(i).result.complete(positions.get(i));
        }
        pump();
        return;
      }
      HistoryException.Kind kind =
          failure == null ? HistoryException.Kind.UNKNOWN : HistoryException.kindOf(failure);
      String why =
          failure == null
              ? "too few replicas of Redis have it"
              : String.valueOf(Failures.unwrap(failure).getMessage());
      if (kind == HistoryException.Kind.REFUSED) {
        batch.forEach(pending -> fail(pending, "Redis refused it: " + why));
        next(confirmed);
        pump();
        return;
      }
      if (kind == HistoryException.Kind.UNKNOWN) {
        batch.forEach(pending -> pending.mayBeKept = true);
      }
      List<Pending> late = takeLate(batch);
      late.forEach(
          pending -> fail(pending, "it was not confirmed within " + retryTimeout + ": " + why));
      if (batch.isEmpty()) {
        next(confirmed);
        pump();
        return;
      }
      meters.count(Event.RELIABLE_RETRIES);
      if (number == 0) {
        delay(batch);
      }
      later(batch, number);
    }

    /** Who waits for what is sent now waits for longer than was meant. */
    private void delay(List<Pending> batch) {
      List<Pending> all = new ArrayList<>(batch);
      lock.lock();
      try {
        retrying = true;
        all.addAll(waiting);
      } finally {
        lock.unlock();
      }
      all.forEach(pending -> pending.delayed.run());
    }

    private void next(Position known) {
      lock.lock();
      try {
        confirmed = known.compareTo(confirmed) > 0 ? known : confirmed;
        sending = false;
        underWay = List.of();
        retrying = false;
      } finally {
        lock.unlock();
      }
    }

    /** Those under way and those that wait behind them whose time is over. */
    private List<Pending> takeLate(List<Pending> batch) {
      long now = clock.millis();
      List<Pending> late = new ArrayList<>();
      lock.lock();
      try {
        for (Collection<Pending> some : List.of(batch, waiting)) {
          for (Iterator<Pending> all = some.iterator(); all.hasNext(); ) {
            Pending pending = all.next();
            if (pending.deadline <= now) {
              late.add(pending);
              all.remove();
            }
          }
        }
      } finally {
        lock.unlock();
      }
      return late;
    }

    /** Whose time is over hears so, also while their batch waits for its turn. */
    void expire() {
      long now = clock.millis();
      List<Pending> late = new ArrayList<>();
      lock.lock();
      try {
        for (Iterator<Pending> all = waiting.iterator(); all.hasNext(); ) {
          Pending pending = all.next();
          if (pending.deadline <= now) {
            late.add(pending);
            all.remove();
          }
        }
        for (Pending pending : underWay) {
          if (pending.deadline + LAST_TRY <= now) {
            pending.mayBeKept = true;
            late.add(pending);
          }
        }
      } finally {
        lock.unlock();
      }
      late.forEach(pending -> fail(pending, "it was not confirmed within " + retryTimeout));
    }

    // What an earlier try may have kept is never said not to be sent, whatever the last one says.
    private void fail(Pending pending, String text) {
      boolean mayBeKept = pending.mayBeKept;
      if (pending.result.completeExceptionally(
          mayBeKept ? BackplaneException.unknown(text) : BackplaneException.notSent(text))) {
        meters.count(mayBeKept ? Event.OUTCOME_UNKNOWN : Event.NOT_SENT);
      }
    }

    // Jitter keeps channels that lost the same Redis from coming back in step.
    private void later(List<Pending> batch, int number) {
      long pause = Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(number, 10));
      long jittered = pause / 2 + random.nextLong(pause / 2 + 1);
      try {
        var unused =
            scheduler.schedule(() -> attempt(batch, number + 1), jittered, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        batch.forEach(pending -> fail(pending, "the process ends"));
      }
    }
  }
}
