package io.sharedredis.lettuce.session;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Whether what a hash holds is a session that can be used now: the rule of {@code usable} in {@code
 * common.lua}, for lists, which would cost Redis too much. Immutable.
 */
final class SessionLife {

  /** Ms a session lives that is never too old. */
  private static final long NEVER = Duration.ofDays(365).toMillis();

  /** Digits, and a minus, of a number that this store wrote. */
  private static final int MAX_DIGITS = 14;

  /** The format that this version writes and reads. */
  private static final long VERSION = 1;

  /** What is no number as this store writes them. */
  static final long NONE = Long.MIN_VALUE;

  private final long touch;

  /**
   * @param touch interval in which a use is written
   */
  SessionLife(Duration touch) {
    this.touch = touch.toMillis();
  }

  /**
   * @param now by Redis' clock, in ms since 1970
   */
  boolean usable(SessionFields fields, long now) {
    long timeout = fields.whole('t');
    long access = fields.whole('a');
    return fields.whole('v') >= 1
        && fields.whole('v') <= VERSION
        && fields.whole('c') != NONE
        && timeout != NONE
        && access != NONE
        && fields.whole('g') >= 0
        && now < access + life(timeout);
  }

  /** The access may have been written up to one touch interval before the real one. */
  private double life(long timeout) {
    return timeout <= 0 ? NEVER : timeout + Math.min(touch, timeout / 10.0);
  }

  /** A number as this store writes them, or {@link #NONE}. */
  static long whole(ByteBuffer digits) {
    int begin = digits.position();
    int end = digits.limit();
    boolean negative = begin < end && digits.get(begin) == '-';
    int first = negative ? begin + 1 : begin;
    if (first == end || end - begin > MAX_DIGITS) {
      return NONE;
    }
    long number = 0;
    for (int i = first; i < end; i++) {
      byte digit = digits.get(i);
      if (digit < '0' || digit > '9') {
        return NONE;
      }
      number = number * 10 + digit - '0';
    }
    return negative ? -number : number;
  }
}
