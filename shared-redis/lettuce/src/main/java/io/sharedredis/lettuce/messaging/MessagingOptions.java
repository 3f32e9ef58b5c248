package io.sharedredis.lettuce.messaging;

import java.time.Duration;

/**
 * How a replica shares its broker's messages. Immutable; begin with {@link #of(String)}.
 *
 * @param application whose replicas hear each other
 * @param maxMessageBytes largest payload on the wire; default 1 MiB. A larger message reaches this
 *     replica's subscribers only and is counted; one that comes from elsewhere is dropped and
 *     counted
 * @param maxWaiting messages of other replicas that wait to be delivered here; default 10,000.
 *     Further ones are dropped and counted: a replica that cannot keep up must not run out of
 *     memory
 * @param maxWaitingBytes of these messages together; default 64 MiB
 * @param maxUnanswered messages that Redis has not acknowledged yet; default 10,000. Further ones
 *     are not sent to other replicas, and counted
 * @param usersExpireAfter a replica that has not been heard of for so long takes its users with it;
 *     default 6 s, of which each third brings a sign of life
 */
public record MessagingOptions(
    String application,
    int maxMessageBytes,
    int maxWaiting,
    long maxWaitingBytes,
    int maxUnanswered,
    Duration usersExpireAfter) {

  /** Smallest message size that is worth an option. */
  private static final int LEAST_BYTES = 1024;

  /** At 32 MB Redis, as it comes, cuts its readers off. */
  private static final int MOST_BYTES = 16 * 1024 * 1024;

  /** A second is what a stop-the-world pause may take; less would forget replicas that live. */
  private static final Duration LEAST_EXPIRY = Duration.ofSeconds(1);

  /** Checks every value. */
  public MessagingOptions {
    if (application.isBlank()) {
      throw new IllegalArgumentException("messaging option 'application' must not be empty");
    }
    if (maxMessageBytes < LEAST_BYTES || maxMessageBytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "messaging option 'maxMessageBytes' must be between 1024 and 16777216, but is "
              + maxMessageBytes);
    }
    requirePositive("maxWaiting", maxWaiting);
    requirePositive("maxWaitingBytes", maxWaitingBytes);
    requirePositive("maxUnanswered", maxUnanswered);
    if (usersExpireAfter.compareTo(LEAST_EXPIRY) < 0) {
      throw new IllegalArgumentException(
          "messaging option 'usersExpireAfter' must be at least one second, but is "
              + usersExpireAfter);
    }
  }

  /** The defaults named above. */
  public static MessagingOptions of(String application) {
    return new MessagingOptions(
        application, 1024 * 1024, 10_000, 64L * 1024 * 1024, 10_000, Duration.ofSeconds(6));
  }

  public MessagingOptions withMaxMessageBytes(int bytes) {
    return new MessagingOptions(
        application, bytes, maxWaiting, maxWaitingBytes, maxUnanswered, usersExpireAfter);
  }

  public MessagingOptions withMaxWaiting(int messages) {
    return new MessagingOptions(
        application, maxMessageBytes, messages, maxWaitingBytes, maxUnanswered, usersExpireAfter);
  }

  public MessagingOptions withMaxUnanswered(int messages) {
    return new MessagingOptions(
        application, maxMessageBytes, maxWaiting, maxWaitingBytes, messages, usersExpireAfter);
  }

  public MessagingOptions withUsersExpireAfter(Duration expiry) {
    return new MessagingOptions(
        application, maxMessageBytes, maxWaiting, maxWaitingBytes, maxUnanswered, expiry);
  }

  private static void requirePositive(String option, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "messaging option '" + option + "' must be at least 1, but is " + value);
    }
  }
}
