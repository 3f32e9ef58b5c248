package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tokens of one replica: random names in a table, as in ASP.NET Core. */
public final class LocalConnectionTokens implements ConnectionTokens {

  /**
   * Reservations kept at most; beyond it the eldest are dropped early, so that negotiating costs no
   * memory.
   */
  private static final int MOST = 100_000;

  private final ConnectionIds ids;
  private final long lifetimeNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Reservation> reserved = new ConcurrentHashMap<>();

  private record Reservation(String hubPath, String connectionId, boolean stateful, long madeAt) {}

  /**
   * @param lifetime time between negotiation and connection
   */
  public LocalConnectionTokens(ConnectionIds ids, Duration lifetime, LongSupplier nanoTime) {
    this.ids = ids;
    this.lifetimeNanos = lifetime.toNanos();
    this.nanoTime = nanoTime;
  }

  @Override
  public String issue(String hubPath, String connectionId, boolean stateful) {
    String token = ids.next();
    reserve(hubPath, connectionId, token, stateful);
    return token;
  }

  /**
   * Makes the connection's id its own token, for clients that know only the id (negotiate version
   * 0).
   */
  void reserve(String hubPath, String connectionId, String token, boolean stateful) {
    long now = nanoTime.getAsLong();
    if (reserved.size() >= MOST) {
      reserved.values().removeIf(r -> now - r.madeAt() > lifetimeNanos / 10);
    } else if ((reserved.size() & 0xFF) == 0xFF) {
      reserved.values().removeIf(r -> now - r.madeAt() > lifetimeNanos);
    }
    reserved.put(token, new Reservation(hubPath, connectionId, stateful, now));
  }

  @Override
  public @Nullable Grant read(String hubPath, String token) {
    Reservation found = reserved.get(token);
    return found == null || !found.hubPath().equals(hubPath)
        ? null
        : new Grant(
            found.connectionId(),
            nanoTime.getAsLong() - found.madeAt() <= lifetimeNanos,
            found.stateful());
  }

  @Override
  public boolean firstUse(String token, Grant grant) {
    return reserved.remove(token) != null;
  }

  @Override
  public boolean shared() {
    return false;
  }
}
