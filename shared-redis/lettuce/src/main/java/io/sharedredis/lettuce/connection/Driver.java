package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * What Lettuce does differently for one server, a master that sentinels watch, and a cluster: how
 * connections are opened, which commands they take, and who says that the master has moved.
 */
sealed interface Driver extends AutoCloseable permits MasterDriver, ClusterDriver {

  /** The driver that an address needs; connects to nothing yet. */
  static Driver of(RedisNetwork network, RedisAddress address) {
    return address.topology() instanceof RedisTopology.Cluster
        ? new ClusterDriver(network, address)
        : new MasterDriver(network, address);
  }

  /**
   * Opens a connection for commands, to whoever is master now; of a cluster, to each master that a
   * command is for.
   */
  <K, V> CompletionStage<? extends StatefulConnection<K, V>> connect(RedisCodec<K, V> codec);

  /** Opens a connection that listens; to any node of a cluster, since all hear everything. */
  <K, V> CompletionStage<? extends StatefulRedisPubSubConnection<K, V>> connectPubSub(
      RedisCodec<K, V> codec);

  /** The commands of a connection that {@link #connect} opened. */
  <K, V> RedisClusterAsyncCommands<K, V> commands(StatefulConnection<K, V> connection);

  /**
   * The commands of the one connection to the server that has a key, which follows the key nowhere:
   * of a cluster, a server that does not have it (any more) refuses with {@code MOVED} or {@code
   * ASK}.
   *
   * @param key as Redis sees it
   */
  <K, V> CompletionStage<RedisClusterAsyncCommands<K, V>> commandsAt(
      StatefulConnection<K, V> connection, ByteBuffer key);

  /** Something is not where it was thought to be: looks anew, soon. */
  void lookAgain();

  /** Fails unless Redis answers; of a cluster, unless it serves every slot. */
  <K, V> CompletionStage<?> check(StatefulConnection<K, V> connection);

  /** How many connections listen to a channel, wherever they are. */
  <K, V> CompletionStage<Long> subscribers(StatefulConnection<K, V> connection, K channel);

  /** Tells about every connection that is opened, lost, or opened again. */
  void onState(RedisConnectionStateListener listener);

  /** Runs {@code listener} when another server has become master; on a driver thread. */
  void onMoved(Runnable listener);

  @Override
  void close();
}
