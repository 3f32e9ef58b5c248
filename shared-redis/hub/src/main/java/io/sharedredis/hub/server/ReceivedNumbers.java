package io.sharedredis.hub.server;

import java.util.concurrent.TimeUnit;

/**
 * Numbers of the messages a client sends, as both sides count them from 1: which are new, and when
 * the client is told how far they came. Not thread-safe.
 */
final class ReceivedNumbers {

  /**
   * An Ack tells of what came within about a second, as in ASP.NET Core; the clock is looked at
   * once a second, so that most are sent after one and none after two.
   */
  private static final long ACK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private long next = 1;
  private long latest;
  private boolean owing;
  private long owingSince;

  /** Goes on where another replica has counted to. */
  void restore(long nextNumber, long latestNumber, long now) {
    next = nextNumber;
    latest = latestNumber;
    owing = latestNumber > 0;
    owingSince = now;
  }

  long next() {
    return next;
  }

  long latest() {
    return latest;
  }

  /** Counts a message; false when it came before and is a repetition. */
  boolean isNew(long now) {
    long number = next++;
    if (!owing && number >= latest) {
      owing = true;
      owingSince = now;
    }
    if (number <= latest) {
      return false;
    }
    latest = number;
    return true;
  }

  /**
   * The client goes on with this number. It may be one after what it repeats just now, when an Ack
   * has told it meanwhile that it need not; the model takes that for a gap.
   *
   * @throws SequenceException when that would leave out messages that never came
   */
  void sequence(long number) {
    if (number > latest + 1) {
      throw new SequenceException();
    }
    next = number;
  }

  /**
   * The client is back. It gets no Ack while it repeats what it has sent: Microsoft's client
   * forgets what it is told to send meanwhile when its buffer shrinks.
   */
  void returned(long now) {
    owingSince = now;
  }

  /** Whether the client should be told now. */
  boolean ackDue(long now) {
    return owing && now - owingSince >= ACK_AFTER_NANOS;
  }

  /** The number to acknowledge, which is thereby done. */
  long acknowledge() {
    owing = false;
    return latest;
  }
}
