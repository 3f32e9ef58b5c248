package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Kept;
import io.sharedredis.lettuce.backplane.History.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far one channel was taken: which message may come next, what came already, and what is
 * missing for good, which it reports. Used in turn.
 */
final class Progress {

  private record Waiter(Position position, Runnable task) {}

  private final String channel;
  private final ReliableChannels owner;
  private final Consumer<Delivery> sink;
  private final Pause.Later later;
  private final SeenNumbers seen = new SeenNumbers();
  private final Queue<Waiter> waiters = new PriorityQueue<>(Comparator.comparing(Waiter::position));
  private @Nullable Position position;

  /** Where it began; what comes late from before that is taken as it comes. */
  private Position began = Position.START;

  private Instant movedAt = Instant.EPOCH;

  /** The last message that was taken, in its place. */
  private @Nullable Stamp last;

  /** One that a new master does not know; if it was confirmed, nobody sends it again. */
  private @Nullable Stamp doubted;

  /**
   * @param sink gets each message once
   * @param later runs in turn
   */
  Progress(String channel, ReliableChannels owner, Consumer<Delivery> sink, Pause.Later later) {
    this.channel = channel;
    this.owner = owner;
    this.sink = sink;
    this.later = later;
  }

  /** Where it stands; null while nobody knows where to begin. */
  @Nullable Position position() {
    return position;
  }

  /** Whether it has begun, and something up to that position is missing. */
  boolean isBehind(Position end) {
    return position != null && end.compareTo(position) > 0;
  }

  /** Begins at the present end. */
  void begin(Position end) {
    began = end;
    last = null;
    moveTo(end);
  }

  /** Takes what comes from now on, whatever it is; returns whether it had begun. */
  boolean stop() {
    boolean had = position != null;
    position = null;
    return had;
  }

  /** Runs the task when everything up to a position was taken. */
  void whenReached(Position wanted, Runnable task) {
    if (position != null && position.compareTo(wanted) >= 0) {
      task.run();
    } else {
      waiters.add(new Waiter(wanted, task));
    }
  }

  /** Nothing will be taken any more, and nobody waits for it. */
  void close() {
    waiters.forEach(waiter -> waiter.task().run());
    waiters.clear();
  }

  /**
   * Takes a message whose place it is; false when the history must be asked first.
   *
   * @param asked whether it has been since the message came
   */
  boolean take(Delivery delivery, boolean asked) {
    Position place = delivery.position();
    Position here = position;
    if (place == null) {
      boolean ignored = deliver(delivery);
      return true;
    }
    if (here == null || place.follows(here)) {
      boolean ignored = deliver(delivery);
      last = delivery.stamp();
      moveTo(place);
      return true;
    }
    if (place.compareTo(here) > 0) {
      return false;
    }
    if (asked || place.compareTo(began) <= 0 || !isNew(delivery)) {
      // Late, from before the beginning or from a master that was replaced; others were taken from
      // the history already.
      boolean ignored = deliver(delivery);
      return true;
    }
    return false;
  }

  /** Takes a message that the history does not have; later ones are measured without it. */
  void takeUnplaced(Delivery delivery) {
    if (!take(delivery, true)) {
      boolean ignored = deliver(delivery);
    }
  }

  boolean isNew(Delivery delivery) {
    return !seen.contains(delivery.stamp());
  }

  /**
   * Takes what the history has after the present position.
   *
   * @param waiting what came live
   */
  void read(Page page, Backlog waiting) {
    if (page.kept().isEmpty()) {
      nothingAfter(at(), page.end(), waiting);
      return;
    }
    int filled = 0;
    boolean whole = true;
    for (Kept kept : page.kept()) {
      if (kept.position().compareTo(at()) <= 0) {
        continue;
      }
      whole &= follows(kept);
      Delivery delivery = owner.decode(kept.payload());
      last = delivery == null ? null : delivery.stamp();
      if (delivery != null && deliver(delivery)) {
        filled++;
      }
      moveTo(kept.position());
    }
    owner.filled(filled, whole);
  }

  private void nothingAfter(Position here, Position end, Backlog waiting) {
    if (end.equals(Position.START)) {
      if (!here.equals(Position.START) && !forgotten()) {
        owner.lost(channel, -1, Reason.HISTORY_LOST);
      }
      last = null;
      moveTo(Position.START);
    } else if (end.compareTo(here) > 0) {
      owner.lost(channel, end.since(here), Reason.HISTORY_TOO_SHORT);
      last = null;
      moveTo(end);
    } else if (end.compareTo(here) < 0) {
      Position next = waiting.firstPlace(this::isNew);
      if (next != null && next.compareTo(here) <= 0) {
        // It is behind what was taken, and yet something new came: it began anew unseen.
        owner.lost(channel, -1, Reason.HISTORY_LOST);
        position = null;
      }
    }
  }

  /** Whether nothing is missing between what was taken and this entry; reports it otherwise. */
  private boolean follows(Kept kept) {
    Position here = at();
    if (kept.previous().compareTo(here) > 0) {
      owner.lost(
          channel,
          kept.previous().since(here),
          kept.position().offset() == 1 ? Reason.PROMOTION : Reason.HISTORY_TOO_SHORT);
      return false;
    }
    if (kept.previous().equals(Position.START) && !here.equals(Position.START) && !forgotten()) {
      owner.lost(channel, -1, Reason.HISTORY_LOST);
      return false;
    }
    if (kept.position().epoch() != here.epoch() && kept.previous().compareTo(here) < 0) {
      doubt();
    }
    return true;
  }

  /**
   * A new master does not know the last message that was taken. If it was never confirmed, it is
   * sent again, as is all that came after it; otherwise more that was confirmed may have been lost
   * with it.
   */
  private void doubt() {
    Stamp stamp = last;
    if (stamp == null) {
      owner.lost(channel, -1, Reason.PROMOTION);
      return;
    }
    doubted = stamp;
    later.run(
        owner.sentAgainWithin().plus(ReliableChannels.ON_ITS_WAY).toMillis(),
        () -> {
          if (stamp.equals(doubted)) {
            doubted = null;
            owner.lost(channel, -1, Reason.PROMOTION);
          }
        });
  }

  /** Redis forgets the end of a channel where nothing happened for long; nothing is lost then. */
  private boolean forgotten() {
    return Duration.between(movedAt, owner.now()).compareTo(owner.endKept()) >= 0;
  }

  private boolean deliver(Delivery delivery) {
    if (!isNew(delivery)) {
      if (Objects.equals(doubted, delivery.stamp())) {
        doubted = null;
      }
      owner.count(Event.RELIABLE_REPEATED);
      return false;
    }
    seen.add(delivery.stamp());
    sink.accept(delivery);
    return true;
  }

  private Position at() {
    return position == null ? Position.START : position;
  }

  private void moveTo(Position place) {
    position = place;
    movedAt = owner.now();
    for (Waiter next = waiters.peek();
        next != null && next.position().compareTo(place) <= 0;
        next = waiters.peek()) {
      waiters.remove();
      next.task().run();
    }
  }
}
