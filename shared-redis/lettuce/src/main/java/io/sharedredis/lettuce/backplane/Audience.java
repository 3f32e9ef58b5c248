package io.sharedredis.lettuce.backplane;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisTopology;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Who listens to a channel: one server knows by itself, of a cluster each node knows those that
 * listen there, so that all of them are asked.
 */
final class Audience implements AutoCloseable {

  /** To a cluster; null where one server knows everything. */
  private final @Nullable RedisLink<String, byte[]> nodes;

  /**
   * @param onReady runs when a cluster can be asked for the first time
   */
  Audience(
      RedisNetwork network,
      RedisAddress address,
      RedisCodec<String, byte[]> codec,
      Runnable onReady) {
    this.nodes =
        address.topology() instanceof RedisTopology.Cluster
            ? new RedisLink<>(network, "backplane", address, codec)
            : null;
    if (nodes != null) {
      nodes.firstConnected().thenRun(onReady).exceptionally(closed -> null);
    }
  }

  /** Whether {@link #of} can be asked. */
  boolean ready() {
    return nodes == null || nodes.firstConnected().isDone();
  }

  /** How many connections listen to a channel. */
  CompletionStage<Long> of(String name, StatefulRedisConnection<String, byte[]> connection) {
    return nodes == null
        ? connection.async().pubsubNumsub(name).thenApply(counts -> counts.getOrDefault(name, 0L))
        : nodes.subscribers(name);
  }

  @Override
  public void close() {
    if (nodes != null) {
      nodes.close();
    }
  }
}
