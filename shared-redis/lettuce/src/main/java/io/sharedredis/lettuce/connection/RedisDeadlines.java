package io.sharedredis.lettuce.connection;

import java.time.Duration;

/**
 * How long Redis may take.
 *
 * @param command longest wait for the answer to one command; default 500 ms: people give up on a
 *     page after a few seconds, and a page needs several commands
 * @param connect longest wait for a TCP connection; default 2 s: one lost SYN is sent again after
 *     one second
 * @param reconnectAtMost longest pause between two attempts to connect; default 1 s: a Redis that
 *     is back is used again within a second, and a farm of hundreds of replicas does not storm it
 */
public record RedisDeadlines(Duration command, Duration connect, Duration reconnectAtMost) {

  /** The defaults named above. */
  public static final RedisDeadlines DEFAULT =
      new RedisDeadlines(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(1));

  /** Checks that every deadline is positive. */
  public RedisDeadlines {
    requirePositive("command", command);
    requirePositive("connect", connect);
    requirePositive("reconnectAtMost", reconnectAtMost);
  }

  private static void requirePositive(String option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "Redis deadline '" + option + "' must be longer than nothing, but is " + value);
    }
  }
}
