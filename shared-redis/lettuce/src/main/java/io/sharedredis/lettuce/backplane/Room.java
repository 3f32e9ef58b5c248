package io.sharedredis.lettuce.backplane;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all who share it may hold together. Thread-safe. */
final class Room {

  private final AtomicLong free;

  Room(long bytes) {
    this.free = new AtomicLong(bytes);
  }

  /** Whether there is room, which is taken then. */
  boolean take(long bytes) {
    if (free.addAndGet(-bytes) >= 0) {
      return true;
    }
    give(bytes);
    return false;
  }

  void give(long bytes) {
    free.addAndGet(bytes);
  }

  /** Unit: bytes. */
  long free() {
    return free.get();
  }
}
