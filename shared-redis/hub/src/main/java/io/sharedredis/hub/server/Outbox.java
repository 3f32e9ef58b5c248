package io.sharedredis.hub.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection's bounded queue of framed messages. Above the high-water mark senders are asked to
 * wait; above the limit the queue says so and the connection is cut. Thread-safe; the lock is held
 * for a few instructions only.
 */
final class Outbox implements OutputSource {

  /**
   * Bytes gathered into one write: enough to fill a few TCP segments, small enough not to be copied
   * for long.
   */
  private static final int UNIT_BYTES = 32 * 1024;

  private static final CompletableFuture<Void> ROOM = CompletableFuture.completedFuture(null);

  private final int highWater;
  private final int limit;
  private final LongSupplier nanoTime;

  private final ArrayDeque<byte[]> queue = new ArrayDeque<>(0);
  private long queuedBytes;

  /** All bytes that were written, ever. */
  private long writtenBytes;

  private int unitBytes;
  private boolean inFlight;
  private long inFlightSince;
  private boolean closed;
  private boolean failed;
  private @Nullable CompletableFuture<Void> drained;

  /** Runs when so many bytes were written, ever. */
  private @Nullable Runnable whenWritten;

  private long whenWrittenBytes;

  Outbox(int highWater, int limit, LongSupplier nanoTime) {
    this.highWater = highWater;
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /** What became of an offered message. */
  enum Offer {
    QUEUED,
    /** The queue is above its limit: the peer does not keep up. */
    OVERFLOW,
    /** Nothing is taken any more. */
    CLOSED
  }

  synchronized Offer offer(byte[] frame) {
    if (closed) {
      return Offer.CLOSED;
    }
    // One message is always taken, however large: it is the application's choice, not the peer's
    // slowness.
    if (queuedBytes > 0 && queuedBytes + frame.length > limit) {
      return Offer.OVERFLOW;
    }
    queue.add(frame);
    queuedBytes += frame.length;
    return Offer.QUEUED;
  }

  /** Takes messages whose number and size are bounded elsewhere. */
  synchronized void add(List<byte[]> frames) {
    if (!closed) {
      for (byte[] frame : frames) {
        queue.add(frame);
        queuedBytes += frame.length;
      }
    }
  }

  /**
   * Completed while there is room, else completes when the queue has drained to half the high-water
   * mark.
   */
  synchronized CompletionStage<Void> room() {
    if (closed || queuedBytes <= highWater) {
      return ROOM;
    }
    if (drained == null) {
      drained = new CompletableFuture<>();
    }
    return drained;
  }

  /**
   * Runs {@code task} when everything that is queued now was written; not at all should it never
   * be. Of two tasks the later one counts.
   */
  void whenWritten(Runnable task) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (queuedBytes > 0) {
        whenWritten = task;
        whenWrittenBytes = writtenBytes + queuedBytes;
        return;
      }
    }
    task.run();
  }

  /**
   * Takes a last message (or none) and nothing after it; with {@code dropWaiting} what waits is not
   * sent.
   */
  void finish(byte @Nullable [] last, boolean dropWaiting) {
    CompletableFuture<Void> waiters;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (dropWaiting) {
        queue.clear();
        queuedBytes = unitBytes;
        whenWritten = null;
      }
      if (last != null) {
        queue.add(last);
        queuedBytes += last.length;
      }
      waiters = drained;
      drained = null;
    }
    release(waiters);
  }

  /** The application has failed: what ends the connection says so. */
  synchronized void fail() {
    failed = true;
  }

  @Override
  public synchronized boolean failed() {
    return failed;
  }

  /** Drops everything: the peer is gone. */
  void discard() {
    CompletableFuture<Void> waiters;
    synchronized (this) {
      closed = true;
      queue.clear();
      queuedBytes = 0;
      unitBytes = 0;
      inFlight = false;
      whenWritten = null;
      waiters = drained;
      drained = null;
    }
    release(waiters);
  }

  @Override
  public synchronized @Nullable List<byte[]> take() {
    byte[] first = inFlight ? null : queue.poll();
    if (first == null) {
      return null;
    }
    inFlight = true;
    inFlightSince = nanoTime.getAsLong();
    unitBytes = first.length;
    byte[] next = queue.peek();
    if (next == null || unitBytes + next.length > UNIT_BYTES) {
      return List.of(first);
    }
    List<byte[]> unit = new ArrayList<>();
    unit.add(first);
    while (next != null && unitBytes + next.length <= UNIT_BYTES) {
      unit.add(queue.remove());
      unitBytes += next.length;
      next = queue.peek();
    }
    return unit;
  }

  @Override
  public void written() {
    CompletableFuture<Void> waiters = null;
    Runnable written = null;
    synchronized (this) {
      if (!inFlight) {
        return;
      }
      inFlight = false;
      queuedBytes -= unitBytes;
      writtenBytes += unitBytes;
      unitBytes = 0;
      if (drained != null && queuedBytes <= highWater / 2) {
        waiters = drained;
        drained = null;
      }
      if (whenWritten != null && writtenBytes >= whenWrittenBytes) {
        written = whenWritten;
        whenWritten = null;
      }
    }
    release(waiters);
    if (written != null) {
      written.run();
    }
  }

  @Override
  public synchronized boolean finished() {
    return closed && queue.isEmpty() && !inFlight;
  }

  synchronized boolean writing() {
    return inFlight;
  }

  /** Nanoseconds the write in flight has taken; 0 when there is none. */
  synchronized long writingFor() {
    return inFlight ? nanoTime.getAsLong() - inFlightSince : 0;
  }

  synchronized long queuedBytes() {
    return queuedBytes;
  }

  private static void release(@Nullable CompletableFuture<Void> waiters) {
    if (waiters != null) {
      waiters.complete(null);
    }
  }
}
