package io.sharedredis.spring.hub;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that were claimed here by their token, until they have ended. Requests of one
 * connection find each other here. Thread-safe.
 */
public final class Claims {
  private final ConnectionTokens tokens;
  private final LocalConnectionTokens oldTokens;
  private final long idleNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Claim> byToken = new ConcurrentHashMap<>();

  /**
   * @param oldTokens those of negotiate version 0
   * @param idle a connection nobody asks for so long has ended; 15 s in ASP.NET Core
   */
  public Claims(
      ConnectionTokens tokens,
      LocalConnectionTokens oldTokens,
      Duration idle,
      LongSupplier nanoTime) {
    this.tokens = tokens;
    this.oldTokens = oldTokens;
    this.idleNanos = idle.toNanos();
    this.nanoTime = nanoTime;
  }

  /** The claim made earlier with the token, or one made now; null when the token is not good. */
  @Nullable Claim find(String hubPath, String token) {
    Claim known = byToken.get(token);
    if (known != null) {
      return known.hubPath().equals(hubPath) ? known : null;
    }
    String connectionId = tokens.redeem(hubPath, token);
    if (connectionId == null) {
      connectionId = oldTokens.redeem(hubPath, token);
    }
    if (connectionId == null) {
      return null;
    }
    Claim claim = new Claim(hubPath, connectionId, nanoTime.getAsLong(), this, token);
    byToken.put(token, claim);
    return claim;
  }

  void remove(Claim claim) {
    byToken.remove(claim.token(), claim);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** Ends what nobody asks for any more; called once a second. */
  public void scan() {
    long now = nanoTime.getAsLong();
    for (Claim claim : byToken.values()) {
      if (claim.idleSince(now) > idleNanos) {
        claim.expire();
      }
    }
  }

  ConnectionTokens tokens() {
    return tokens;
  }

  LocalConnectionTokens oldTokens() {
    return oldTokens;
  }
}
