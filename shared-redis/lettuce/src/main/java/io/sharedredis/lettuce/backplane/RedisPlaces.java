package io.sharedredis.lettuce.backplane;

import io.lettuce.core.ScriptOutputType;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Records of places in hashes of Redis, one for each user: {@code
 * shared-redis:backplane:resume:{<owner>}}; see {@code docs/formats/backplane.md}. Thread-safe.
 */
final class RedisPlaces implements PlaceStore {

  private static final LuaScript PLACES = LuaScript.beside(RedisPlaces.class, "places.lua");

  private final RedisLink<String, byte[]> link;
  private final String prefix;
  private final Duration lifetime;

  /**
   * @param link closed by whoever made it
   * @param lifetime of a record that is not written any more
   */
  RedisPlaces(RedisLink<String, byte[]> link, String prefix, Duration lifetime) {
    this.link = link;
    this.prefix = prefix;
    this.lifetime = lifetime;
  }

  @Override
  public CompletionStage<Claim> claim(PlaceKey key) {
    return RedisHistory.async(
        link,
        redis ->
            PLACES
                .<String, byte[], List<Object>>run(
                    redis,
                    ScriptOutputType.MULTI,
                    keys(key),
                    arguments(key, List.of()).toArray(byte[][]::new))
                .thenApply(
                    answer ->
                        new Claim(
                            Long.parseLong(
                                new String((byte[]) answer.get(0), StandardCharsets.US_ASCII)),
                            (byte[]) answer.get(1))));
  }

  @Override
  public CompletionStage<Boolean> write(PlaceKey key, long claim, byte[] places) {
    return RedisHistory.async(
        link,
        redis ->
            PLACES
                .<String, byte[], Long>run(
                    redis,
                    ScriptOutputType.INTEGER,
                    keys(key),
                    arguments(key, List.of(number(claim), places)).toArray(byte[][]::new))
                .thenApply(written -> written == 1));
  }

  private String[] keys(PlaceKey key) {
    return new String[] {prefix + "shared-redis:backplane:resume:{" + key.owner() + "}"};
  }

  private List<byte[]> arguments(PlaceKey key, List<byte[]> more) {
    List<byte[]> all = new ArrayList<>();
    all.add(key.client().getBytes(StandardCharsets.US_ASCII));
    all.add(number(lifetime.toMillis()));
    all.add(number(MOST));
    all.addAll(more);
    return all;
  }

  private static byte[] number(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }
}
