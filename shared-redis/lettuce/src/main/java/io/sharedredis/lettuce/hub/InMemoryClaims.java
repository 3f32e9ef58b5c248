package io.sharedredis.lettuce.hub;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The twin of {@link RedisClaims} for replicas in one JVM, which share the farm's map; nothing in
 * it expires.
 */
public final class InMemoryClaims implements ClaimStore {

  private static final String ENDED = "ended";

  /** What the replicas of one farm share. */
  public static final class SharedMemory {
    private final Map<String, String> claims = new ConcurrentHashMap<>();
    private final Map<String, String> reserved = new ConcurrentHashMap<>();
  }

  private final SharedMemory farm;
  private final String server;

  public InMemoryClaims(SharedMemory farm, String server) {
    this.farm = farm;
    this.server = server;
  }

  @Override
  public void reserve(String connectionId, String hubPath) {
    farm.reserved.put(connectionId, hubPath);
  }

  @Override
  public ClaimAnswer claim(ClaimedConnection connection, Right right) {
    String id = connection.connectionId();
    String wanted = connection.heldBy(server);
    if (!farm.claims.containsKey(id)) {
      boolean may =
          switch (right) {
            case FRESH_TOKEN -> true;
            case RESERVATION -> farm.reserved.remove(id, connection.hubPath());
            case NONE -> false;
          };
      if (may && farm.claims.putIfAbsent(id, wanted) == null) {
        return new ClaimAnswer.Made();
      }
    }
    String value = farm.claims.getOrDefault(id, "");
    String[] parts = value.split(" ", 3);
    if (value.equals(wanted)) {
      return new ClaimAnswer.Own();
    }
    return parts.length == 3 && value.equals(connection.heldBy(parts[1]))
        ? new ClaimAnswer.Elsewhere(parts[1])
        : new ClaimAnswer.None();
  }

  @Override
  public boolean takeOver(ClaimedConnection connection, String from) {
    String id = connection.connectionId();
    String own = connection.heldBy(server);
    return farm.claims.replace(id, connection.heldBy(from), own) || own.equals(farm.claims.get(id));
  }

  @Override
  public CompletionStage<Boolean> keep(ClaimedConnection connection) {
    String own = connection.heldBy(server);
    String held = farm.claims.putIfAbsent(connection.connectionId(), own);
    return CompletableFuture.completedFuture(held == null || held.equals(own));
  }

  @Override
  public CompletionStage<Void> end(ClaimedConnection connection) {
    farm.claims.computeIfPresent(
        connection.connectionId(),
        (id, held) -> held.equals(connection.heldBy(server)) ? ENDED : held);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onReturn(Runnable listener) {}

  @Override
  public void close() {}
}
