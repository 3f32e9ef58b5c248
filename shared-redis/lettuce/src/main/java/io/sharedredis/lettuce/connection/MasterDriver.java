package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One server, or the master that sentinels name: they are asked anew whenever a connection is
 * opened, and listened to for a change in between.
 */
final class MasterDriver implements Driver {

  private final RedisNetwork network;
  private final RedisAddress address;
  private final RedisClient client;
  private final List<RedisNetwork.Watching> watching = new CopyOnWriteArrayList<>();

  MasterDriver(RedisNetwork network, RedisAddress address) {
    this.network = network;
    this.address = address;
    this.client = network.client(address);
  }

  private RedisURI uri() {
    return network.uri(address, network.deadlines().connect());
  }

  @Override
  public <K, V> CompletionStage<? extends StatefulConnection<K, V>> connect(
      RedisCodec<K, V> codec) {
    return client.connectAsync(codec, uri());
  }

  @Override
  public <K, V> CompletionStage<? extends StatefulRedisPubSubConnection<K, V>> connectPubSub(
      RedisCodec<K, V> codec) {
    return client.connectPubSubAsync(codec, uri());
  }

  @Override
  public <K, V> RedisClusterAsyncCommands<K, V> commands(StatefulConnection<K, V> connection) {
    return ((StatefulRedisConnection<K, V>) connection).async();
  }

  @Override
  public <K, V> CompletionStage<RedisClusterAsyncCommands<K, V>> commandsAt(
      StatefulConnection<K, V> connection, ByteBuffer key) {
    return CompletableFuture.completedFuture(commands(connection));
  }

  /** Sentinels say when to. */
  @Override
  public void lookAgain() {}

  @Override
  public void onState(RedisConnectionStateListener listener) {
    client.addListener(listener);
  }

  @Override
  public void onMoved(Runnable listener) {
    watching.add(network.onMoved(address, listener));
  }

  @Override
  public <K, V> CompletionStage<?> check(StatefulConnection<K, V> connection) {
    return commands(connection).ping();
  }

  @Override
  public <K, V> CompletionStage<Long> subscribers(StatefulConnection<K, V> connection, K channel) {
    return commands(connection)
        .pubsubNumsub(channel)
        .thenApply(counts -> counts.values().stream().mapToLong(Long::longValue).sum());
  }

  @Override
  public void close() {
    watching.forEach(RedisNetwork.Watching::close);
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
