package io.sharedredis.lettuce.backplane;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps plain messages of this replica behind its own reliable ones on the same channel: those come
 * to clients here by way of Redis, plain ones would not have to. Thread-safe.
 */
final class LocalOrder {

  /**
   * Plain messages that wait on one channel; more go ahead at once, since order is not worth it.
   */
  private static final int MOST = 1_000;

  /** Unit: milliseconds. Longer than a fill takes; whoever waits still waits for nothing. */
  private static final long LONGEST = 5_000;

  private final InstantSource clock;
  private final Map<String, Line> lines = new ConcurrentHashMap<>();

  LocalOrder(InstantSource clock) {
    this.clock = clock;
  }

  /** Ends what waits for too long. */
  void expire() {
    if (!lines.isEmpty()) {
      long before = clock.millis() - LONGEST;
      lines.values().forEach(line -> line.begunBefore(before).forEach(Turn::end));
    }
  }

  /** A reliable message was sent; {@link Turn#end} when clients here have it or never will. */
  Turn begin(String channel) {
    Turn turn = new Turn(channel);
    lines.compute(
        channel,
        (name, line) -> {
          Line present = line == null ? new Line() : line;
          present.add(turn);
          return present;
        });
    return turn;
  }

  /** Delivers a plain message now, or after the reliable ones before it. */
  void plain(String channel, Runnable deliver) {
    Line line = lines.isEmpty() ? null : lines.get(channel);
    if (line == null || !line.hold(deliver)) {
      deliver.run();
    }
  }

  /** A reliable message on its way. */
  final class Turn {
    private final String channel;
    private final long begun = clock.millis();
    private boolean over;

    private Turn(String channel) {
      this.channel = channel;
    }

    void end() {
      Line line = lines.get(channel);
      if (line != null) {
        line.end(this);
        lines.computeIfPresent(channel, (name, present) -> present.isEmpty() ? null : present);
      }
    }
  }

  /** Sending to a connection never blocks, so that it may happen under the lock. */
  private static final class Line {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Object> waiting = new ArrayDeque<>();

    void add(Turn turn) {
      lock.lock();
      try {
        waiting.add(turn);
      } finally {
        lock.unlock();
      }
    }

    boolean hold(Runnable deliver) {
      lock.lock();
      try {
        return !waiting.isEmpty() && waiting.size() < MOST && waiting.add(deliver);
      } finally {
        lock.unlock();
      }
    }

    void end(Turn turn) {
      lock.lock();
      try {
        turn.over = true;
        for (Object next = waiting.peek(); next != null; next = waiting.peek()) {
          if (next instanceof Turn other && !other.over) {
            return;
          }
          waiting.remove();
          if (next instanceof Runnable deliver) {
            deliver.run();
          }
        }
      } finally {
        lock.unlock();
      }
    }

    List<Turn> begunBefore(long time) {
      List<Turn> old = new ArrayList<>();
      lock.lock();
      try {
        for (Object one : waiting) {
          if (one instanceof Turn turn && turn.begun < time) {
            old.add(turn);
          }
        }
      } finally {
        lock.unlock();
      }
      return old;
    }

    boolean isEmpty() {
      lock.lock();
      try {
        return waiting.isEmpty();
      } finally {
        lock.unlock();
      }
    }
  }
}
