package io.sharedredis.lettuce.backplane;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the last messages were published, to measure how long they take to come back. Two threads
 * may overwrite each other's entry when more than {@link #KEPT} messages are on their way; then a
 * measurement is lost, nothing else.
 */
final class EchoTimes {

  /** A power of two; more messages than are on their way within a normal round trip. */
  private static final int KEPT = 1024;

  private final AtomicLongArray numbers = new AtomicLongArray(KEPT);
  private final AtomicLongArray nanos = new AtomicLongArray(KEPT);

  void published(long number) {
    int slot = (int) (number & (KEPT - 1));
    nanos.setPlain(slot, System.nanoTime());
    numbers.setRelease(slot, number);
  }

  long age(long number) {
    int slot = (int) (number & (KEPT - 1));
    return numbers.getAcquire(slot) == number ? System.nanoTime() - nanos.getPlain(slot) : -1;
  }
}
