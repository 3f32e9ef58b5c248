package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisTopology;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which master of a cluster has a slot now. Whoever asks has reason to: the cluster is looked at
 * for each question, once for those that come together. Thread-safe.
 */
final class ShardMap implements AutoCloseable {

  /** Unit: milliseconds. Between two looks; an outage has every partition ask again and again. */
  private static final long LOOK_AGAIN = 100;

  /** The first version of Redis with sharded pub/sub. */
  private static final int FIRST_VERSION = 7;

  private final RedisNetwork network;
  private final RedisAddress address;
  private final RedisClusterClient client;
  private final CompletableFuture<Void> unusable = new CompletableFuture<>();
  private @Nullable CompletableFuture<Void> look;

  /**
   * @throws IllegalArgumentException if the address is not one of a cluster
   */
  ShardMap(RedisNetwork network, RedisAddress address) {
    if (!(address.topology() instanceof RedisTopology.Cluster)) {
      throw new IllegalArgumentException(
          "sharded pub/sub needs a Redis Cluster, but "
              + address
              + " is none: leave the backplane's partitions out, or write"
              + " redis-cluster://host:port,host:port");
    }
    this.network = network;
    this.address = address;
    this.client =
        RedisClusterClient.create(
            network.resources(), network.uris(address, network.deadlines().connect()));
    client.setOptions((ClusterClientOptions) network.clientOptions(address));
  }

  /** The master of a slot; fails while nobody has it, or no node answers. */
  CompletionStage<RedisURI> ownerOf(int slot) {
    return look().thenApply(looked -> owner(slot));
  }

  private RedisURI owner(int slot) {
    RedisClusterNode node = client.getPartitions().getPartitionBySlot(slot);
    if (node == null) {
      throw new RedisException("no node of the cluster serves slot " + slot);
    }
    RedisURI where = node.getUri();
    return network.uri(address, where.getHost(), where.getPort(), network.deadlines().connect());
  }

  private synchronized CompletableFuture<Void> look() {
    CompletableFuture<Void> present = look;
    if (present == null) {
      present = client.refreshPartitionsAsync().toCompletableFuture();
      look = present;
      var unused =
          network
              .resources()
              .eventExecutorGroup()
              .schedule(this::forget, LOOK_AGAIN, TimeUnit.MILLISECONDS);
    }
    return present;
  }

  private synchronized void forget() {
    look = null;
  }

  /**
   * Looks at the version of a node.
   *
   * @param version null where the node does not tell
   * @throws IllegalArgumentException if it is too old
   */
  void require(@Nullable String version) {
    if (version != null && version.matches("[1-6]\\..*")) {
      IllegalArgumentException old =
          new IllegalArgumentException(
              "sharded pub/sub needs Redis "
                  + FIRST_VERSION
                  + ", but "
                  + address
                  + " runs "
                  + version
                  + ": leave the backplane's partitions out");
      unusable.completeExceptionally(old);
      throw old;
    }
  }

  /** Fails when a node turned out to be too old; never completes otherwise. */
  CompletableFuture<Void> unusable() {
    return unusable;
  }

  @Override
  public void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
