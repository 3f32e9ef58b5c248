package io.sharedredis.spring.hub;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Protects what two replicas give each other in one handover. What was sealed opens in that
 * exchange only, and for a short time: not for another connection or hub, not as another kind of
 * payload, and not when somebody sends it once more later. Thread-safe.
 */
public final class HandoverSeal {

  /** Longer than a handover takes at most; clocks of replicas may differ by 5 s of it. */
  private static final Duration LIFETIME = Duration.ofSeconds(35);

  /** What is sealed. */
  enum Kind {
    /** In the exchange that the taker has named. */
    OFFER("offer"),
    /** In the exchange that the offer has named. */
    CONNECTION("connection");

    private final String purpose;

    Kind(String purpose) {
      this.purpose = purpose;
    }
  }

  private final DataProtectionProvider protection;

  /**
   * @param protection the farm's
   */
  public HandoverSeal(DataProtectionProvider protection) {
    this.protection = protection;
  }

  private TimeLimitedDataProtector protector(
      Kind kind, ClaimedConnection connection, String exchange) {
    return protection
        .protector(
            "SharedRedis.Hub.Handover",
            "v2",
            kind.purpose,
            connection.hubPath(),
            connection.connectionId(),
            exchange)
        .timeLimited();
  }

  byte[] seal(Kind kind, ClaimedConnection connection, String exchange, byte[] plain) {
    return protector(kind, connection, exchange).protect(plain, LIFETIME);
  }

  /** The inverse of {@link #seal}; null for whatever was not sealed for just this. */
  byte @Nullable [] open(Kind kind, ClaimedConnection connection, String exchange, byte[] sealed) {
    try {
      return protector(kind, connection, exchange).unprotect(sealed);
    } catch (DataProtectionException e) {
      return null;
    }
  }
}
