package io.sharedredis.hub.server;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.server.HubMeters.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection: frames go to the wire it has, and where the client may come
 * back they are kept until it has acknowledged them. Thread-safe; nothing blocks, and no lock is
 * held while a transport is told.
 */
final class Sending {
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final HubOptions options;
  private final HubMeters meters;
  private final Runnable overflow;

  /** Null while the client is away. Written under this. */
  private volatile @Nullable Wire wire;

  /** Null where the client cannot come back. Its content is guarded by this. */
  private volatile @Nullable ReplayBuffer replay;

  private boolean finished;

  /** What the bus brought while the connection's past is still at another replica; else null. */
  private @Nullable List<byte[]> held;

  private long heldBytes;

  /** Whether senders are asked to wait for Acks. */
  private boolean patient = true;

  /**
   * Whether reading is held up, and with it the client's Acks: to wait for them would be for ever.
   */
  private boolean deaf;

  /** Who wants to know when the client has acknowledged that number; null for nobody. */
  private @Nullable CompletableFuture<Void> awaited;

  private long awaitedNumber;

  /** Takes messages that come when the connection has gone to another replica; null before. */
  private @Nullable Consumer<byte[]> forward;

  /**
   * @param overflow the client does not keep up, and its connection is to be cut
   */
  Sending(HubOptions options, HubMeters meters, Runnable overflow) {
    this.options = options;
    this.meters = meters;
    this.overflow = overflow;
  }

  @Nullable Wire wire() {
    return wire;
  }

  /** The connection's first wire. */
  synchronized void begin(Wire first) {
    wire = first;
  }

  /** From now on numbered messages are kept until the client has acknowledged them. */
  synchronized void keepNumbered() {
    StatefulReconnects reconnects = options.statefulReconnects();
    replay = new ReplayBuffer(reconnects.bufferSize(), options.sendLimit());
  }

  boolean keepsNumbered() {
    return replay != null;
  }

  /**
   * Queues a frame.
   *
   * @param numbered whether stateful reconnect counts it
   * @return completes when there is room for more
   */
  CompletionStage<Void> send(byte[] frame, boolean numbered) {
    ReplayBuffer kept = replay;
    if (kept != null && numbered) {
      return sendKept(kept, frame);
    }
    Wire to = wire;
    if (to == null) {
      return DONE;
    }
    switch (to.outbox().offer(frame)) {
      case QUEUED -> {
        count(frame);
        to.transport().outputReady();
      }
      case OVERFLOW -> overflow.run();
      case CLOSED -> {}
    }
    return to.outbox().room();
  }

  private CompletionStage<Void> sendKept(ReplayBuffer kept, byte[] frame) {
    Wire to;
    Consumer<byte[]> onward;
    synchronized (this) {
      if (finished) {
        return DONE;
      }
      onward = forward;
      if (onward == null && held != null) {
        return hold(held, frame);
      }
      switch (onward == null ? kept.add(frame) : ReplayBuffer.Added.OVERFLOW) {
        case SENT -> {
          count(frame);
          to = wire;
          if (to == null) {
            return DONE;
          }
          to.outbox().add(List.of(frame));
        }
        case WAITS -> {
          return patient && !deaf ? kept.room() : DONE;
        }
        default -> to = null;
      }
    }
    if (onward != null) {
      onward.accept(frame);
      return DONE;
    }
    if (to == null) {
      overflow.run();
      return DONE;
    }
    to.transport().outputReady();
    return to.outbox().room();
  }

  /**
   * Completes when nothing waits for the client's Acks, also while senders need not wait for them.
   */
  synchronized CompletionStage<Void> drained() {
    ReplayBuffer kept = replay;
    return kept == null || finished ? DONE : kept.drained();
  }

  /**
   * Completes {@code waiter} when the client has acknowledged everything that was sent up to now;
   * fails it where that is not known here. Of two the later one counts.
   */
  void whenAcknowledged(CompletableFuture<Void> waiter) {
    boolean known;
    synchronized (this) {
      ReplayBuffer kept = replay;
      known = kept != null && held == null && forward == null && !finished;
      if (kept != null && known && kept.last() >= kept.firstKept()) {
        awaited = waiter;
        awaitedNumber = kept.last();
        return;
      }
    }
    if (known) {
      waiter.complete(null);
    } else {
      waiter.completeExceptionally(new IllegalStateException("the connection is on its way"));
    }
  }

  // ---- on its way from and to other replicas

  private CompletionStage<Void> hold(List<byte[]> messages, byte[] frame) {
    messages.add(frame);
    heldBytes += frame.length;
    if (heldBytes > options.sendLimit()) {
      overflow.run();
    }
    return DONE;
  }

  /** Begins without a past: what comes is held until {@link #restore}. */
  synchronized void hold() {
    keepNumbered();
    held = new ArrayList<>();
  }

  /** What was held up to now the connection has had at the other replica. */
  synchronized void cut() {
    if (held != null) {
      held.clear();
      heldBytes = 0;
    }
  }

  /** Gives it its past; what was held comes after it. */
  void restore(MovedConnection past) {
    boolean tooMuch = false;
    synchronized (this) {
      ReplayBuffer kept = replay;
      List<byte[]> after = held;
      if (kept == null || after == null) {
        throw new IllegalStateException("the connection does not come from elsewhere");
      }
      kept.restore(past.firstKept(), past.kept(), past.waiting());
      held = null;
      for (byte[] frame : after) {
        tooMuch |= kept.add(frame) == ReplayBuffer.Added.OVERFLOW;
      }
    }
    if (tooMuch) {
      overflow.run();
    }
  }

  /** No sender waits for the client's Acks, for none come before it is elsewhere. */
  void waitForNobody(boolean nobody) {
    CompletableFuture<Void> waiters;
    synchronized (this) {
      patient = !nobody;
      ReplayBuffer kept = replay;
      waiters = !nobody || kept == null ? null : kept.takeAllWaiters();
    }
    release(waiters);
  }

  /** Says whether Acks are read. */
  void deaf(boolean now) {
    CompletableFuture<Void> waiters = null;
    synchronized (this) {
      ReplayBuffer kept = replay;
      if (kept == null || deaf == now) {
        return;
      }
      deaf = now;
      waiters = now ? kept.takeAllWaiters() : null;
    }
    release(waiters);
  }

  /**
   * Ends it here, for it goes on elsewhere.
   *
   * @param onward takes the messages that still come
   * @return its numbered messages; null when it has ended already
   */
  @Nullable ReplayBuffer depart(Consumer<byte[]> onward) {
    synchronized (this) {
      ReplayBuffer kept = replay;
      if (finished || forward != null || kept == null) {
        return null;
      }
      forward = onward;
      return kept;
    }
  }

  /** The client has the numbered messages up to {@code id}. */
  void acknowledged(long id) {
    ReplayBuffer kept = replay;
    if (kept == null) {
      return;
    }
    Wire to;
    CompletableFuture<Void> waiters;
    CompletableFuture<Void> drained;
    CompletableFuture<Void> has = null;
    synchronized (this) {
      List<byte[]> released = kept.acknowledged(id);
      released.forEach(this::count);
      to = released.isEmpty() ? null : wire;
      if (to != null) {
        to.outbox().add(released);
      }
      waiters = kept.takeWaiters();
      drained = kept.takeDrained();
      if (awaited != null && kept.firstKept() > awaitedNumber) {
        has = awaited;
        awaited = null;
      }
    }
    release(has);
    if (to != null) {
      to.transport().outputReady();
    }
    release(waiters);
    release(drained);
  }

  /**
   * The client is back over another wire: it is told the number of what comes next and gets
   * everything it has not acknowledged.
   *
   * @param protocol null before the handshake, when there is nothing to be told
   * @return false when nothing is sent any more
   */
  boolean resume(Wire next, @Nullable HubProtocol protocol) {
    ReplayBuffer kept = replay;
    Wire before;
    synchronized (this) {
      if (finished) {
        return false;
      }
      before = wire;
      if (kept != null && protocol != null) {
        byte[] sequence = protocol.write(new HubMessage.Sequence(kept.firstKept()));
        next.outbox().add(List.of(kept.replay(sequence)));
      }
      wire = next;
    }
    if (before != null) {
      before.hangUp();
    }
    next.transport().outputReady();
    return true;
  }

  /** That wire carries nothing any more; false when it was another's turn already. */
  boolean lost(Wire gone) {
    synchronized (this) {
      if (wire != gone) {
        return false;
      }
      if (!finished) {
        wire = null;
      }
    }
    gone.outbox().discard();
    return true;
  }

  /**
   * Takes a last message (or none) and nothing after it.
   *
   * @param drop whether what still waits is left out
   * @return false when the connection has gone to another replica
   */
  boolean finish(byte @Nullable [] last, boolean drop) {
    Wire to;
    CompletableFuture<Void> waiters = null;
    CompletableFuture<Void> drained = null;
    synchronized (this) {
      if (finished) {
        return true;
      }
      if (forward != null) {
        return false;
      }
      finished = true;
      to = wire;
      ReplayBuffer kept = replay;
      if (kept != null) {
        List<byte[]> waiting = kept.flush();
        if (to != null && !drop) {
          waiting.forEach(this::count);
          to.outbox().add(waiting);
        }
        waiters = kept.takeWaiters();
        drained = kept.takeDrained();
      }
    }
    release(waiters);
    release(drained);
    if (to != null) {
      to.outbox().finish(last, drop);
      to.transport().outputReady();
    }
    return true;
  }

  /** Whether everything that was to be written has been. */
  boolean finished() {
    Wire to = wire;
    return to == null || to.outbox().finished();
  }

  long queuedBytes() {
    Wire to = wire;
    long queued = to == null ? 0 : to.outbox().queuedBytes();
    ReplayBuffer kept = replay;
    if (kept == null) {
      return queued;
    }
    synchronized (this) {
      return Math.max(queued, kept.bytes());
    }
  }

  private void count(byte[] frame) {
    meters.count(Event.MESSAGES_OUT);
    meters.add(Event.BYTES_OUT, frame.length);
  }

  private static void release(@Nullable CompletableFuture<Void> waiters) {
    if (waiters != null) {
      waiters.complete(null);
    }
  }
}
