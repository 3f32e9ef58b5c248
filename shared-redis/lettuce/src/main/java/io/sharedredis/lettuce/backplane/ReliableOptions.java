package io.sharedredis.lettuce.backplane;

import java.time.Duration;

/**
 * How reliable messages are kept. Immutable; begin with {@link #defaults()}.
 *
 * @param maxLength messages kept for each channel, at least; default 10,000: twenty seconds of an
 *     outage at 500 messages a second, a few megabytes of Redis for a busy channel
 * @param retention how long a channel's messages are kept after its last one; default 10 min, more
 *     than a replica takes to restart; what nobody came for by then is reported as a gap
 * @param retryTimeout how long a message is tried again before its caller is told; default 15 s: a
 *     fail-over takes ten
 * @param idempotency how long the application's keys are remembered; default 10 min, longer than
 *     callers repeat a request
 * @param minReplicas replicas of Redis that must have a message before it counts as kept; default
 *     0, for a single server
 * @param checkInterval time between two looks whether a channel's last message has arrived; default
 *     30 s, as for deaf subscriptions
 * @param maxHeldBytes unit: bytes; what all channels of a hub together may keep in memory of live
 *     messages that wait while the history is asked; default 64 MiB, as for messages that wait to
 *     be sent. What is beyond is read from the history, plain messages go ahead
 * @param maxFillBytes unit: bytes; what may come from the histories of all channels of a hub at
 *     once; default 32 MiB, as many channels that read a megabyte each. A message that is longer
 *     than the page it is read with comes in addition
 */
public record ReliableOptions(
    int maxLength,
    Duration retention,
    Duration retryTimeout,
    Duration idempotency,
    int minReplicas,
    Duration checkInterval,
    long maxHeldBytes,
    int maxFillBytes) {

  /** Unit: bytes. The least for either bound: a message of the usual longest, and some. */
  private static final int LEAST_BYTES = 1024 * 1024;

  public ReliableOptions {
    if (maxLength < 1) {
      throw new IllegalArgumentException(
          "reliable option 'max-length' must be at least 1, but is " + maxLength);
    }
    if (minReplicas < 0) {
      throw new IllegalArgumentException(
          "reliable option 'min-replicas' must not be negative, but is " + minReplicas);
    }
    requirePositive("retention", retention);
    requirePositive("retry-timeout", retryTimeout);
    requirePositive("idempotency", idempotency);
    requirePositive("check-interval", checkInterval);
    requireEnough("max-held-bytes", maxHeldBytes);
    requireEnough("max-fill-bytes", maxFillBytes);
    if (retention.compareTo(retryTimeout) < 0) {
      throw new IllegalArgumentException(
          "reliable option 'retention' is "
              + retention
              + " but must be at least 'retry-timeout', "
              + retryTimeout
              + ": a message that is tried again is recognised by what is kept");
    }
  }

  /** The defaults named above. */
  public static ReliableOptions defaults() {
    return new ReliableOptions(
        10_000,
        Duration.ofMinutes(10),
        Duration.ofSeconds(15),
        Duration.ofMinutes(10),
        0,
        Duration.ofSeconds(30),
        64L * 1024 * 1024,
        32 * 1024 * 1024);
  }

  public ReliableOptions withHistory(int length, Duration kept) {
    return new ReliableOptions(
        length,
        kept,
        retryTimeout,
        idempotency,
        minReplicas,
        checkInterval,
        maxHeldBytes,
        maxFillBytes);
  }

  public ReliableOptions withRetryTimeout(Duration timeout) {
    return new ReliableOptions(
        maxLength,
        retention,
        timeout,
        idempotency,
        minReplicas,
        checkInterval,
        maxHeldBytes,
        maxFillBytes);
  }

  public ReliableOptions withMinReplicas(int replicas) {
    return new ReliableOptions(
        maxLength,
        retention,
        retryTimeout,
        idempotency,
        replicas,
        checkInterval,
        maxHeldBytes,
        maxFillBytes);
  }

  public ReliableOptions withCheckInterval(Duration interval) {
    return new ReliableOptions(
        maxLength,
        retention,
        retryTimeout,
        idempotency,
        minReplicas,
        interval,
        maxHeldBytes,
        maxFillBytes);
  }

  public ReliableOptions withMaxBytes(long held, int fills) {
    return new ReliableOptions(
        maxLength, retention, retryTimeout, idempotency, minReplicas, checkInterval, held, fills);
  }

  private static void requirePositive(String option, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "reliable option '" + option + "' must be longer than nothing, but is " + value);
    }
  }

  private static void requireEnough(String option, long bytes) {
    if (bytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "reliable option '"
              + option
              + "' must be at least "
              + LEAST_BYTES
              + " bytes, but is "
              + bytes);
    }
  }
}
