package io.sharedredis.hub.server;

import java.util.concurrent.TimeUnit;

/**
 * Numbers of the messages a client sends, as both sides count them from 1: which are new, and when
 * the client is told how far they came. Not thread-safe.
 */
final class ReceivedNumbers {

  /** An Ack tells of what came within a second, as in ASP.NET Core. */
  private static final long ACK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Bytes after which an Ack is sent at once: a third of the clients' default buffer, so that one
   * that sends much need not wait for the second to pass.
   */
  private static final int ACK_AFTER_BYTES = 32 * 1024;

  private long next = 1;
  private long latest;
  private long bytes;
  private boolean owing;
  private long owingSince;

  /**
   * Counts a message; false when it came before and is a repetition.
   *
   * @param length bytes of the message
   */
  boolean isNew(int length, long now) {
    long number = next++;
    if (!owing && number >= latest) {
      owing = true;
      owingSince = now;
    }
    if (number <= latest) {
      return false;
    }
    latest = number;
    bytes += length;
    return true;
  }

  /**
   * The client goes on with this number.
   *
   * @throws SequenceException when that would leave out messages that never came
   */
  void sequence(long number) {
    if (number > next) {
      throw new SequenceException();
    }
    next = number;
  }

  /** Whether the client should be told now. */
  boolean ackDue(long now) {
    return owing && (bytes >= ACK_AFTER_BYTES || now - owingSince >= ACK_AFTER_NANOS);
  }

  /** The number to acknowledge, which is thereby done. */
  long acknowledge() {
    owing = false;
    bytes = 0;
    return latest;
  }
}
