package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Sharded pub/sub: one partition, whose channels only the master of its slot and replicas hear. */
final class ShardChannels implements BusChannels {

  /** Refusals of a server that the slot has left, or that does not know who has it. */
  private static final Pattern ELSEWHERE =
      Pattern.compile("^(MOVED|ASK|CLUSTERDOWN|TRYAGAIN|READONLY)\\b");

  private final ShardMap map;
  private final int slot;

  /** Of the present connection: ends that were asked for and are not confirmed yet. */
  private volatile Map<String, Integer> ending = new ConcurrentHashMap<>();

  /**
   * @param slot of every channel of the partition
   */
  ShardChannels(ShardMap map, int slot) {
    this.map = map;
    this.slot = slot;
  }

  @Override
  public void begin(Runnable onReady) {}

  /** The server that is connected to knows by itself. */
  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public CompletionStage<RedisURI> place() {
    return map.ownerOf(slot);
  }

  @Override
  public void require(StatefulRedisConnection<String, byte[]> connection) {
    if (connection instanceof StatefulRedisConnectionImpl<?, ?> known) {
      map.require(known.getConnectionState().getRedisVersion());
    }
  }

  @Override
  public CompletionStage<Long> publish(
      StatefulRedisConnection<String, byte[]> connection, String name, byte[] payload) {
    return connection.async().spublish(name, payload);
  }

  @Override
  public CompletionStage<Void> subscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names) {
    return connection.async().ssubscribe(names);
  }

  @Override
  public CompletionStage<Void> unsubscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names) {
    Map<String, Integer> asked = ending;
    for (String name : names) {
      asked.merge(name, 1, Integer::sum);
    }
    return connection.async().sunsubscribe(names);
  }

  @Override
  public CompletionStage<Long> subscribers(
      StatefulRedisConnection<String, byte[]> connection, String name) {
    return connection
        .async()
        .pubsubShardNumsub(name)
        .thenApply(counts -> counts.getOrDefault(name, 0L));
  }

  @Override
  public void listen(StatefulRedisPubSubConnection<String, byte[]> connection, Listener listener) {
    Map<String, Integer> asked = new ConcurrentHashMap<>();
    ending = asked;
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void smessage(String name, byte[] payload) {
            listener.heard(name, payload);
          }

          @Override
          public void ssubscribed(String name, long count) {
            listener.confirmed(name, count);
          }

          @Override
          public void sunsubscribed(String name, long count) {
            if (asked.containsKey(name)) {
              asked.computeIfPresent(name, (any, times) -> times > 1 ? times - 1 : null);
            } else {
              listener.taken();
            }
          }
        });
  }

  @Override
  public boolean moved(Throwable failure) {
    return failure instanceof RedisCommandExecutionException
        && ELSEWHERE.matcher(String.valueOf(failure.getMessage())).find();
  }

  /** The map belongs to all partitions. */
  @Override
  public void close() {}
}
