package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionNames.bytes;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sessions as ASP.NET Core keeps them in Redis by {@code AddStackExchangeRedisCache}: a hash of
 * {@code absexp}, {@code sldexp} and {@code data} under instance name and session key. Layout:
 * {@code docs/formats/dotnet-session.md}. Thread-safe.
 *
 * <p>Every method is answered within the deadline or fails with {@link RedisUnavailableException}.
 */
public final class DotnetSessionCache {

  /** An absolute expiration that never comes. */
  private static final byte[] NO_END = bytes("-1");

  /** Ticks of .NET, 100 ns each. */
  private static final long TICKS_IN_MS = 10_000;

  private static final LuaScript READ =
      LuaScript.beside(DotnetSessionCache.class, "dotnet-read.lua");
  private static final LuaScript WHOLE =
      LuaScript.beside(DotnetSessionCache.class, "dotnet-whole.lua");
  private static final LuaScript WRITE =
      LuaScript.beside(DotnetSessionCache.class, "dotnet-write.lua");
  private static final LuaScript REMOVE_IDLE =
      LuaScript.beside(DotnetSessionCache.class, "dotnet-remove-idle.lua");

  private final RedisLink<byte[], byte[]> link;
  private final String instanceName;
  private final Duration idleTimeout;
  private final int maxBytes;

  /**
   * @param link to the Redis of the .NET application's cache; stays the caller's
   * @param instanceName {@code RedisCacheOptions.InstanceName} of the .NET application, put before
   *     the session key as it is
   * @param idleTimeout {@code SessionOptions.IdleTimeout}, for what is written here
   * @param maxBytes of one session
   */
  public DotnetSessionCache(
      RedisLink<byte[], byte[]> link, String instanceName, Duration idleTimeout, int maxBytes) {
    this.link = link;
    this.instanceName = instanceName;
    this.idleTimeout = idleTimeout;
    this.maxBytes = maxBytes;
  }

  /** The bytes of a session, which lives for its idle timeout from now; empty if there is none. */
  public Optional<byte[]> read(String sessionKey) {
    byte[] data =
        link.sync(
            redis ->
                READ.<byte[], byte[], byte[]>run(redis, ScriptOutputType.VALUE, key(sessionKey)));
    return Optional.ofNullable(data);
  }

  /**
   * Writes all of a session; of two writers the last one stays.
   *
   * @throws SessionTooLargeException if it is too large; Redis is not asked then
   */
  public void write(String sessionKey, byte[] data) {
    if (data.length > maxBytes) {
      throw SessionTooLargeException.dotnet(data.length, maxBytes);
    }
    long life = idleTimeout.toMillis();
    write(sessionKey, NO_END, bytes(Long.toString(life * TICKS_IN_MS)), data, life);
  }

  private void write(
      String sessionKey, byte[] absolute, byte[] sliding, byte[] data, long milliseconds) {
    Long unused =
        link.sync(
            redis ->
                WRITE.run(
                    redis,
                    ScriptOutputType.INTEGER,
                    key(sessionKey),
                    absolute,
                    sliding,
                    data,
                    bytes(Long.toString(milliseconds))));
  }

  /** Removes a session, if there is one. */
  public void remove(String sessionKey) {
    Long unused = link.sync(redis -> redis.unlink(key(sessionKey)[0]));
  }

  /** Removes a session that nobody has used for so long, on either side. */
  public void removeIdle(String sessionKey, Duration idle) {
    Long unused =
        link.sync(
            redis ->
                REMOVE_IDLE.run(
                    redis,
                    ScriptOutputType.INTEGER,
                    key(sessionKey),
                    bytes(Long.toString(idle.toMillis()))));
  }

  /**
   * Gives a session another key, if there is one, with its expiration: one command where both keys
   * lie on one node, else three more, of which a death in between leaves both.
   */
  public void move(String from, String to) {
    try {
      String unused = link.sync(redis -> redis.rename(key(from)[0], key(to)[0]));
    } catch (RedisCommandExecutionException e) {
      String why = String.valueOf(e.getMessage());
      if (why.startsWith("CROSSSLOT")) {
        copy(from, to);
      } else if (!why.contains("no such key")) {
        throw e;
      }
    }
  }

  private void copy(String from, String to) {
    List<byte[]> entry =
        link.sync(
            redis ->
                WHOLE.<byte[], byte[], List<byte[]>>run(redis, ScriptOutputType.MULTI, key(from)));
    if (entry == null || entry.size() < 4) {
      return;
    }
    long left = Long.parseLong(SessionReplies.text(entry.get(3)));
    if (left != 0) {
      long life = left > 0 ? left : idleTimeout.toMillis();
      write(to, entry.get(0), entry.get(1), entry.get(2), life);
      remove(from);
    }
  }

  private byte[][] key(String sessionKey) {
    return new byte[][] {bytes(instanceName + sessionKey)};
  }
}
