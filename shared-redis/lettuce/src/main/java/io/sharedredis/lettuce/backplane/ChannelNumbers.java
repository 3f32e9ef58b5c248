package io.sharedredis.lettuce.backplane;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/**
 * Numbers the messages of one publisher and remembers the last number on each channel, so that a
 * receiver can tell that one is missing. Bounded: a channel that was long silent is forgotten.
 */
final class ChannelNumbers {

  /** A power of two; channels share a lock only by chance. */
  private static final int STRIPES = 64;

  /** Channels remembered per stripe: 16,384 in all, about two megabytes. */
  private static final int KEPT = 256;

  private final AtomicLong last = new AtomicLong();
  private final Stripe[] stripes = new Stripe[STRIPES];

  ChannelNumbers() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /**
   * Calls {@code send} with the message's number and the one before it on that channel (0: not
   * known). For one channel the calls follow one another, so numbers leave in order; {@code send}
   * must not block.
   */
  <T> T next(String channel, BiFunction<Long, Long, T> send) {
    Stripe stripe = stripe(channel);
    stripe.lock.lock();
    try {
      long number = last.incrementAndGet();
      Long previous = stripe.numbers.put(channel, number);
      return send.apply(number, previous == null ? 0L : previous);
    } finally {
      stripe.lock.unlock();
    }
  }

  /** A message on that channel may not have gone out: the next one vouches for nothing. */
  void broken(String channel) {
    Stripe stripe = stripe(channel);
    stripe.lock.lock();
    try {
      stripe.numbers.remove(channel);
    } finally {
      stripe.lock.unlock();
    }
  }

  private Stripe stripe(String channel) {
    int hash = channel.hashCode();
    return stripes[(hash ^ (hash >>> 16)) & (STRIPES - 1)];
  }

  private static final class Stripe {
    final ReentrantLock lock = new ReentrantLock();
    final Map<String, Long> numbers =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > KEPT;
          }
        };
  }
}
