package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A Redis Cluster. Each command goes to the master of its key's slot; a command that is redirected,
 * a node that cannot be reached and a slot without a master each make the driver look at the
 * cluster again, at most twice a second.
 */
final class ClusterDriver implements Driver {

  private final RedisClusterClient client;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

  ClusterDriver(RedisNetwork network, RedisAddress address) {
    this.client =
        RedisClusterClient.create(
            network.resources(), network.uris(address, network.deadlines().connect()));
    client.setOptions((ClusterClientOptions) network.clientOptions(address));
  }

  /** Looks at the cluster first: whoever opens a connection anew doubts what is known of it. */
  @Override
  public <K, V> CompletionStage<? extends StatefulConnection<K, V>> connect(
      RedisCodec<K, V> codec) {
    return client.refreshPartitionsAsync().thenCompose(known -> client.connectAsync(codec));
  }

  @Override
  public <K, V> CompletionStage<? extends StatefulRedisPubSubConnection<K, V>> connectPubSub(
      RedisCodec<K, V> codec) {
    return client.refreshPartitionsAsync().thenCompose(known -> client.connectPubSubAsync(codec));
  }

  @Override
  public <K, V> RedisClusterAsyncCommands<K, V> commands(StatefulConnection<K, V> connection) {
    return ((StatefulRedisClusterConnection<K, V>) connection).async();
  }

  @Override
  public <K, V> CompletionStage<RedisClusterAsyncCommands<K, V>> commandsAt(
      StatefulConnection<K, V> connection, ByteBuffer key) {
    StatefulRedisClusterConnection<K, V> cluster =
        (StatefulRedisClusterConnection<K, V>) connection;
    RedisClusterNode master = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
    if (master == null) {
      lookAgain();
      return CompletableFuture.failedFuture(
          new RedisCommandExecutionException("CLUSTERDOWN no master is known for the key's slot"));
    }
    return cluster
        .getConnectionAsync(master.getUri().getHost(), master.getUri().getPort())
        .thenApply(StatefulRedisConnection::async);
  }

  /** The driver does so by itself only for commands that it may send elsewhere. */
  @Override
  public void lookAgain() {
    long now = System.nanoTime();
    long last = lookedAt.get();
    if (now - last >= RedisNetwork.LOOK_AGAIN.toNanos() && lookedAt.compareAndSet(last, now)) {
      var unused = client.refreshPartitionsAsync();
    }
  }

  @Override
  public <K, V> CompletionStage<?> check(StatefulConnection<K, V> connection) {
    return commands(connection)
        .clusterInfo()
        .thenAccept(
            info -> {
              if (!info.contains("cluster_state:ok")) {
                throw new RedisCommandExecutionException("the cluster does not serve every slot");
              }
            });
  }

  /** Each node knows its own; one that is known to be away has none. */
  @Override
  public <K, V> CompletionStage<Long> subscribers(StatefulConnection<K, V> connection, K channel) {
    var answers =
        ((StatefulRedisClusterConnection<K, V>) connection)
            .async()
            .nodes(ClusterDriver::isThere)
            .commands()
            .pubsubNumsub(channel)
            .futures();
    return CompletableFuture.allOf(answers)
        .thenApply(
            done ->
                Stream.of(answers)
                    .flatMap(counts -> counts.join().values().stream())
                    .mapToLong(Long::longValue)
                    .sum());
  }

  private static boolean isThere(RedisClusterNode node) {
    return !node.is(NodeFlag.FAIL) && !node.is(NodeFlag.EVENTUAL_FAIL) && !node.is(NodeFlag.NOADDR);
  }

  @Override
  public void onState(RedisConnectionStateListener listener) {
    client.addListener(listener);
  }

  /** The driver follows a slot to its new master without another connection. */
  @Override
  public void onMoved(Runnable listener) {}

  @Override
  public void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
