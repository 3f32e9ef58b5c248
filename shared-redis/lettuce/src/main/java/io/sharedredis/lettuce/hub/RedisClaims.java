package io.sharedredis.lettuce.hub;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Claims in Redis: each is one key, each change one script. Keys are {@code
 * shared-redis:<application>:hub:{<connection>}:claim} and {@code …:reserved}; see {@code
 * docs/formats/hub-claims.md}. Connects in the background.
 */
public final class RedisClaims implements ClaimStore {

  /**
   * After a reconnect Redis may have lost its memory, and what another replica has claimed looks
   * free until that one has recorded it again: reconnecting takes it a second at most, recording
   * little.
   */
  private static final long SETTLE_NANOS = Duration.ofSeconds(2).toNanos();

  /** Between two looks while Redis is not to be trusted. */
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  private static final LuaScript CLAIM = LuaScript.beside(RedisClaims.class, "claim.lua");
  private static final LuaScript TAKE_OVER = LuaScript.beside(RedisClaims.class, "take-over.lua");
  private static final LuaScript KEEP = LuaScript.beside(RedisClaims.class, "keep.lua");
  private static final LuaScript END = LuaScript.beside(RedisClaims.class, "end.lua");

  private final RedisLink<String, String> link;
  private final String prefix;
  private final String server;
  private final ClaimTimes times;
  private final LongSupplier nanoTime;
  private volatile long trustedFrom;

  /**
   * Begins to connect; returns at once.
   *
   * @param application isolates farms that share one Redis
   * @param nanoTime monotonic, in nanoseconds
   * @param server this process's name in the farm, without blanks; fresh at each start, since
   *     connections do not outlive a process
   */
  public RedisClaims(
      RedisNetwork network,
      RedisAddress address,
      String application,
      String server,
      ClaimTimes times,
      LongSupplier nanoTime) {
    if (server.isBlank() || server.contains(" ")) {
      throw new IllegalArgumentException(
          "the name of a server must have no blanks, but is '" + server + "'");
    }
    this.link = new RedisLink<>(network, "hub claims", address, StringCodec.UTF8);
    this.prefix = "shared-redis:" + application + ":hub:{";
    this.server = server;
    this.times = times;
    this.nanoTime = nanoTime;
    this.trustedFrom = nanoTime.getAsLong();
    link.onReconnect(() -> trustedFrom = nanoTime.getAsLong() + SETTLE_NANOS);
  }

  private String claimKey(String connectionId) {
    return prefix + connectionId + "}:claim";
  }

  private String reservedKey(String connectionId) {
    return prefix + connectionId + "}:reserved";
  }

  @Override
  public void reserve(String connectionId, String hubPath) {
    String unused =
        link.sync(
            redis ->
                redis.set(
                    reservedKey(connectionId), hubPath, SetArgs.Builder.px(times.reservation())));
  }

  @Override
  public ClaimAnswer claim(ClaimedConnection connection, Right right) {
    while (trustedFrom - nanoTime.getAsLong() > 0) {
      ClaimAnswer known = ask(connection, Right.NONE);
      if (!(known instanceof ClaimAnswer.None)) {
        return known;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return ask(connection, right);
  }

  private ClaimAnswer ask(ClaimedConnection connection, Right right) {
    String id = connection.connectionId();
    String wanted = connection.heldBy(server);
    List<String> answer =
        link.sync(
            redis ->
                CLAIM.<String, String, List<String>>run(
                    redis,
                    ScriptOutputType.MULTI,
                    new String[] {claimKey(id), reservedKey(id)},
                    wanted,
                    Long.toString(times.lease().toMillis()),
                    right.name().toLowerCase(Locale.ROOT),
                    connection.hubPath()));
    if (answer.get(0).equals("made")) {
      return new ClaimAnswer.Made();
    }
    return held(connection, answer.get(1), wanted);
  }

  private static ClaimAnswer held(ClaimedConnection connection, String value, String wanted) {
    if (value.equals(wanted)) {
      return new ClaimAnswer.Own();
    }
    String[] parts = value.split(" ", 3);
    return parts.length == 3
            && parts[0].equals(Integer.toString(connection.version()))
            && parts[2].equals(connection.hubPath())
        ? new ClaimAnswer.Elsewhere(parts[1])
        : new ClaimAnswer.None();
  }

  @Override
  public boolean takeOver(ClaimedConnection connection, String from) {
    Long taken =
        link.sync(
            redis ->
                TAKE_OVER.<String, String, Long>run(
                    redis,
                    ScriptOutputType.INTEGER,
                    new String[] {claimKey(connection.connectionId())},
                    connection.heldBy(from),
                    connection.heldBy(server),
                    Long.toString(times.lease().toMillis())));
    return taken == 1;
  }

  @Override
  public CompletionStage<Boolean> keep(ClaimedConnection connection) {
    return link.async(
        redis ->
            KEEP.<String, String, Long>run(
                    redis,
                    ScriptOutputType.INTEGER,
                    new String[] {claimKey(connection.connectionId())},
                    connection.heldBy(server),
                    Long.toString(times.lease().toMillis()))
                .thenApply(kept -> kept == 1));
  }

  @Override
  public CompletionStage<Void> end(ClaimedConnection connection) {
    return link.async(
        redis ->
            END.<String, String, Long>run(
                    redis,
                    ScriptOutputType.INTEGER,
                    new String[] {claimKey(connection.connectionId())},
                    connection.heldBy(server),
                    Long.toString(times.tombstone().toMillis()))
                .thenAccept(ended -> {}));
  }

  @Override
  public void onReturn(Runnable listener) {
    var unused = link.firstConnected().thenRun(listener).exceptionally(cancelled -> null);
    link.onReconnect(listener);
  }

  @Override
  public void close() {
    link.close();
  }
}
