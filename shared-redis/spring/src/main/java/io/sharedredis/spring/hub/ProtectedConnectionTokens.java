package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that any replica accepts: the hub's path, the connection's id and the time of issue,
 * protected by the key ring that all share. This is what makes affinity at the load balancer
 * needless.
 *
 * <p>Format of the plaintext: {@code 1 <milliseconds since 1970> <connection id> <hub path>}, with
 * {@code 2} in the first place where the client may come back (stateful reconnect). That a token
 * opens one connection in the farm is decided by the claim in Redis; while that is away each
 * replica takes it once.
 */
public final class ProtectedConnectionTokens implements ConnectionTokens {

  /** Clocks of replicas may differ by so much; a token from the near future is no forgery. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  /** Longest text looked at: tokens have about 250 characters. */
  private static final int LONGEST = 1024;

  private static final String PLAIN = "1";

  private static final String STATEFUL = "2";

  private final UnaryOperator<String> protect;
  private final UnaryOperator<@Nullable String> unprotect;
  private final Duration lifetime;
  private final InstantSource clock;
  private final Map<String, Instant> used = new ConcurrentHashMap<>();

  /**
   * @param protect encrypts and authenticates a text for this purpose
   * @param unprotect its inverse; null for whatever it did not make
   * @param lifetime time between negotiation and connection
   */
  public ProtectedConnectionTokens(
      UnaryOperator<String> protect,
      UnaryOperator<@Nullable String> unprotect,
      Duration lifetime,
      InstantSource clock) {
    this.protect = protect;
    this.unprotect = unprotect;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  @Override
  public String issue(String hubPath, String connectionId, boolean stateful) {
    String form = stateful ? STATEFUL : PLAIN;
    return protect.apply(form + " " + clock.millis() + " " + connectionId + " " + hubPath);
  }

  @Override
  public @Nullable Grant read(String hubPath, String token) {
    if (token.length() > LONGEST) {
      return null;
    }
    String text = unprotect.apply(token);
    if (text == null) {
      return null;
    }
    String[] parts = text.split(" ", 4);
    if (parts.length != 4
        || !parts[0].equals(PLAIN) && !parts[0].equals(STATEFUL)
        || !parts[3].equals(hubPath)
        || !ConnectionIds.isId(parts[2])) {
      return null;
    }
    return new Grant(parts[2], fresh(parts[1]), parts[0].equals(STATEFUL));
  }

  private boolean fresh(String millis) {
    try {
      Instant issued = Instant.ofEpochMilli(Long.parseLong(millis));
      Instant now = clock.instant();
      return !issued.isAfter(now.plus(CLOCK_SKEW)) && !now.isAfter(issued.plus(lifetime));
    } catch (NumberFormatException | DateTimeException e) {
      return false;
    }
  }

  // Remembered until no token of that connection can be fresh any more; forged ones never get here,
  // so the table is bounded by what this farm issued in that time.
  @Override
  public boolean firstUse(String token, Grant grant) {
    Instant now = clock.instant();
    if ((used.size() & 0xFF) == 0xFF) {
      used.values().removeIf(forgetAt -> forgetAt.isBefore(now));
    }
    return used.putIfAbsent(grant.connectionId(), now.plus(lifetime).plus(CLOCK_SKEW)) == null;
  }

  @Override
  public boolean shared() {
    return true;
  }
}
