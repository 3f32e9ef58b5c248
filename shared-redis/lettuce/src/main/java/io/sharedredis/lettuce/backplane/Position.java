package io.sharedredis.lettuce.backplane;

import java.util.Comparator;

/**
 * The place of a message in a channel's history: the epoch it belongs to, and how many messages of
 * that epoch there are up to it. Later epochs have greater numbers.
 *
 * @param epoch when it began, in milliseconds since 1970 by the clock of Redis
 * @param offset from 1
 */
record Position(long epoch, long offset) implements Comparable<Position> {

  /** Before the first message of all. */
  static final Position START = new Position(0, 0);

  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::epoch).thenComparingLong(Position::offset);

  /** As entries of a stream are named: {@code <epoch>-<offset>}. */
  static Position parse(String id) {
    int dash = id.indexOf('-');
    try {
      return new Position(
          Long.parseLong(id.substring(0, Math.max(dash, 0))),
          Long.parseLong(id.substring(dash + 1)));
    } catch (NumberFormatException e) {
      throw new MalformedMessageException("It names no position in a history.", e);
    }
  }

  /** Whether nothing can lie between the other one and this. */
  boolean follows(Position other) {
    return epoch == other.epoch ? offset == other.offset + 1 : other.equals(START) && offset == 1;
  }

  /** How many messages there are after the other one up to this; negative when nobody can tell. */
  long since(Position other) {
    return epoch == other.epoch ? offset - other.offset : -1;
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "-" + offset;
  }
}
