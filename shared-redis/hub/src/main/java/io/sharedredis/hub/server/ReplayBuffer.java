package io.sharedredis.hub.server;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What was sent to a client and not yet acknowledged, in order and numbered from 1, so that it can
 * be sent again over another socket. Above its limit further messages wait, unnumbered, for an Ack.
 * Bounded: what waits has a limit too. Not thread-safe.
 */
final class ReplayBuffer {
  private static final CompletableFuture<Void> ROOM = CompletableFuture.completedFuture(null);

  /** What became of a message. */
  enum Added {
    /** Numbered and kept: it goes out now. */
    SENT,
    /** It goes out when the client has acknowledged enough. */
    WAITS,
    /** The client does not acknowledge, and too much waits already. */
    OVERFLOW
  }

  private final int limit;
  private final int waitingLimit;
  private final ArrayDeque<byte[]> kept = new ArrayDeque<>(0);
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(0);
  private long firstKept = 1;
  private long keptBytes;
  private long waitingBytes;
  private @Nullable CompletableFuture<Void> room;
  private @Nullable CompletableFuture<Void> drained;

  /**
   * @param limit bytes kept above which messages wait
   * @param waitingLimit bytes that may wait
   */
  ReplayBuffer(int limit, int waitingLimit) {
    this.limit = limit;
    this.waitingLimit = waitingLimit;
  }

  Added add(byte[] frame) {
    if (keptBytes <= limit && waiting.isEmpty()) {
      keep(frame);
      return Added.SENT;
    }
    if (waitingBytes > 0 && waitingBytes + frame.length > waitingLimit) {
      return Added.OVERFLOW;
    }
    waiting.add(frame);
    waitingBytes += frame.length;
    return Added.WAITS;
  }

  private void keep(byte[] frame) {
    kept.add(frame);
    keptBytes += frame.length;
  }

  /**
   * Forgets the messages up to {@code id}; an id that was never sent is ignored, as in the model.
   *
   * @return messages that waited and go out now
   */
  List<byte[]> acknowledged(long id) {
    if (id >= firstKept + kept.size()) {
      return List.of();
    }
    while (firstKept <= id) {
      keptBytes -= kept.remove().length;
      firstKept++;
    }
    List<byte[]> released = new ArrayList<>(0);
    while (keptBytes <= limit && !waiting.isEmpty()) {
      byte[] frame = waiting.remove();
      waitingBytes -= frame.length;
      keep(frame);
      released.add(frame);
    }
    return released;
  }

  /** Everything that waits, numbered now whatever the limit: nothing will be sent after it. */
  List<byte[]> flush() {
    List<byte[]> released = List.copyOf(waiting);
    waiting.clear();
    waitingBytes = 0;
    released.forEach(this::keep);
    return released;
  }

  /** Number of the first message a replay begins with: of the first kept, else of the next. */
  long firstKept() {
    return firstKept;
  }

  /** Number of the last message that was added, or will have been when what waits goes out. */
  long last() {
    return firstKept + kept.size() + waiting.size() - 1;
  }

  /**
   * What a replay sends after {@code first}, as one piece: Microsoft's client gets the whole of it
   * or nothing. Should it get a part, acknowledge what it had before and lose the next socket as
   * well, it would take the number we go on with for a gap.
   */
  byte[] replay(byte[] first) {
    ByteArrayOutputStream all = new ByteArrayOutputStream((int) Math.min(keptBytes, limit) + 64);
    all.writeBytes(first);
    kept.forEach(all::writeBytes);
    return all.toByteArray();
  }

  List<byte[]> kept() {
    return List.copyOf(kept);
  }

  List<byte[]> waiting() {
    return List.copyOf(waiting);
  }

  /** Goes on where another replica's buffer ended. */
  void restore(long first, List<byte[]> keptThere, List<byte[]> waitingThere) {
    firstKept = first;
    keptThere.forEach(this::keep);
    for (byte[] frame : waitingThere) {
      waiting.add(frame);
      waitingBytes += frame.length;
    }
  }

  long bytes() {
    return keptBytes + waitingBytes;
  }

  /** Completed while nothing waits, else completes by {@link #takeWaiters}. */
  CompletionStage<Void> room() {
    if (waiting.isEmpty()) {
      return ROOM;
    }
    if (room == null) {
      room = new CompletableFuture<>();
    }
    return room;
  }

  /** As {@link #room}, for those who wait whatever others do: see {@link #takeDrained}. */
  CompletionStage<Void> drained() {
    if (waiting.isEmpty()) {
      return ROOM;
    }
    if (drained == null) {
      drained = new CompletableFuture<>();
    }
    return drained;
  }

  /** Who waited for {@link #drained}, once nothing waits; null when there are none or not yet. */
  @Nullable CompletableFuture<Void> takeDrained() {
    if (!waiting.isEmpty()) {
      return null;
    }
    CompletableFuture<Void> waiters = drained;
    drained = null;
    return waiters;
  }

  /** The senders to be released, once nothing waits; null when there are none or not yet. */
  @Nullable CompletableFuture<Void> takeWaiters() {
    return waiting.isEmpty() ? takeAllWaiters() : null;
  }

  /** The senders to be released, whatever waits; null when there are none. */
  @Nullable CompletableFuture<Void> takeAllWaiters() {
    CompletableFuture<Void> waiters = room;
    room = null;
    return waiters;
  }
}
