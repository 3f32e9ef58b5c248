package io.sharedredis.lettuce.connection;

import java.util.Locale;

/** What the circuit breaker of one use of Redis does with commands. */
public enum CircuitState {
  /** They are sent: Redis answers. */
  CLOSED,
  /** A few are sent, to see whether Redis answers again. */
  HALF_OPEN,
  /** They are refused at once. */
  OPEN;

  /** As in names of meters: {@code half-open}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
