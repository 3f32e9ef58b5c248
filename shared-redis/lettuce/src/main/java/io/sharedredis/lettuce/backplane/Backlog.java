package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What came live on one channel and waits until the history was asked; bounded in number, and in
 * bytes together with other channels. Used in turn.
 */
final class Backlog {

  /** Messages that wait; when there are more, reliable ones are read again. */
  static final int MOST = 1_000;

  /**
   * A message that waits.
   *
   * @param delivery a reliable one; null where there is {@code plain}
   * @param plain delivers one that only keeps its place
   * @param bytes length of its payload
   * @param before the last question to the history that was asked before it came
   */
  record Held(@Nullable Delivery delivery, @Nullable Runnable plain, int bytes, int before) {

    static Held reliable(Delivery delivery, int bytes, int before) {
      return new Held(delivery, null, bytes, before);
    }

    static Held plain(Runnable deliver, int bytes, int before) {
      return new Held(null, deliver, bytes, before);
    }

    /** A plain one goes out; nothing happens to others. */
    void runPlain() {
      if (plain != null) {
        plain.run();
      }
    }
  }

  private final Deque<Held> held = new ArrayDeque<>();
  private final Room room;

  Backlog(Room room) {
    this.room = room;
  }

  /** False where there is no room for it. */
  boolean add(Held one) {
    if (held.size() >= MOST || !room.take(one.bytes())) {
      return false;
    }
    return held.add(one);
  }

  /** The one that waits longest; null when none waits. */
  @Nullable Held first() {
    return held.peek();
  }

  void removeFirst() {
    room.give(held.remove().bytes());
  }

  /** Takes all of them out, in their order. */
  List<Held> takeAll() {
    List<Held> all = new ArrayList<>(held);
    held.clear();
    all.forEach(one -> room.give(one.bytes()));
    return all;
  }

  /** Takes out the reliable ones that somebody takes, in their order. */
  void offer(Predicate<Delivery> takes) {
    for (Iterator<Held> all = held.iterator(); all.hasNext(); ) {
      Held one = all.next();
      if (one.delivery() != null && takes.test(one.delivery())) {
        all.remove();
        room.give(one.bytes());
      }
    }
  }

  /** Delivers the plain ones, wherever they stand. */
  void flushPlain() {
    for (Iterator<Held> all = held.iterator(); all.hasNext(); ) {
      Held one = all.next();
      if (one.plain() != null) {
        all.remove();
        room.give(one.bytes());
        one.runPlain();
      }
    }
  }

  /** Place of the first reliable one that is new; null when there is none. */
  @Nullable Position firstPlace(Predicate<Delivery> isNew) {
    for (Held one : held) {
      Delivery delivery = one.delivery();
      if (delivery != null && delivery.position() != null && isNew.test(delivery)) {
        return delivery.position();
      }
    }
    return null;
  }
}
