package io.sharedredis.hub;

import java.time.Duration;

/**
 * Whether and how a connection outlives its socket: a client that asked for it in negotiation comes
 * back within a while, and neither side loses or repeats a message.
 *
 * @param allowed whether clients may ask for it
 * @param bufferSize bytes sent and not yet acknowledged above which further messages wait for the
 *     client's Ack; one message is always taken, however large. 100,000 as in ASP.NET Core
 * @param keptFor how long a connection without a socket is kept; 15 s, ASP.NET Core's
 *     DisconnectTimeout
 */
public record StatefulReconnects(boolean allowed, int bufferSize, Duration keptFor) {

  private static final int BUFFER_SIZE = 100_000;

  private static final Duration KEPT_FOR = Duration.ofSeconds(15);

  public StatefulReconnects {
    if (bufferSize < 1) {
      throw new IllegalArgumentException(
          "hub option stateful-reconnect-buffer-size is " + bufferSize + " but must be at least 1");
    }
    if (keptFor.isZero() || keptFor.isNegative()) {
      throw new IllegalArgumentException(
          "hub option disconnect-timeout is " + keptFor + " but must be above zero");
    }
  }

  /** A connection ends with its socket. */
  public static StatefulReconnects off() {
    return new StatefulReconnects(false, BUFFER_SIZE, KEPT_FOR);
  }

  /** Clients may come back; with the defaults named above. */
  public static StatefulReconnects on() {
    return new StatefulReconnects(true, BUFFER_SIZE, KEPT_FOR);
  }
}
