package io.sharedredis.spring.hub;

import java.util.ArrayDeque;

/** Lets one in at a time, in the order of arrival, and no thread waits. Thread-safe. */
final class Turns {
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
  private boolean taken;

  /** Runs {@code in} when it is its turn, which lasts until {@link #leave}. */
  void enter(Runnable in) {
    synchronized (this) {
      if (taken) {
        waiting.add(in);
        return;
      }
      taken = true;
    }
    in.run();
  }

  /** Ends the turn. */
  void leave() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      taken = next != null;
    }
    if (next != null) {
      next.run();
    }
  }
}
