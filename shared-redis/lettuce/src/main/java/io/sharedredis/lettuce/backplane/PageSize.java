package io.sharedredis.lettuce.backplane;

/**
 * How much of a history one channel asks for at once: little at first, twice as much after each
 * full answer, half as much where none came in time. Used in turn.
 */
final class PageSize {

  /** Messages at once, at most: Redis does nothing else for the millisecond or two they take it. */
  static final int MESSAGES = 500;

  /** Unit: bytes. At once, at most: within a command's deadline on 20 Mbit/s. */
  static final int BYTES = 1024 * 1024;

  /** Unit: bytes. What comes first, while nobody knows how fast the way to Redis is. */
  static final int FIRST_BYTES = 128 * 1024;

  private int messages = MESSAGES;
  private int bytes = FIRST_BYTES;

  int messages() {
    return messages;
  }

  /** A message that is longer comes alone. */
  int bytes() {
    return bytes;
  }

  /** A page came that left no room for more: the next may be larger. */
  void filled() {
    messages = Math.min(MESSAGES, 2 * messages);
    bytes = Math.min(BYTES, 2 * bytes);
  }

  void unanswered() {
    messages = Math.max(1, messages / 2);
    bytes = Math.max(1, bytes / 2);
  }
}
