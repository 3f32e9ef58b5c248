package io.sharedredis.lettuce.connection;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** WAIT at the node of a cluster that has a key, which the command itself does not name. */
public final class ReplicaWait {

  private ReplicaWait() {}

  /**
   * How many replicas have what this connection has written so far.
   *
   * @param key whose node is asked
   * @param replicas that are enough
   * @param atMost time after which the number is answered though it is not enough
   */
  public static <K, V> CompletionStage<Long> run(
      RedisClusterAsyncCommands<K, V> redis,
      RedisCodec<K, V> codec,
      K key,
      int replicas,
      Duration atMost) {
    return redis.dispatch(
        CommandType.WAIT,
        new IntegerOutput<>(codec),
        new Routed<>(codec, key, new CommandArgs<>(codec).add(replicas).add(atMost.toMillis())));
  }

  /** Arguments that go to the node of a key without naming it. */
  private static final class Routed<K, V> extends CommandArgs<K, V> {
    private final CommandArgs<K, V> sent;

    Routed(RedisCodec<K, V> codec, K key, CommandArgs<K, V> sent) {
      super(codec);
      this.sent = sent;
      CommandArgs<K, V> unused = addKey(key);
    }

    @Override
    public int count() {
      return sent.count();
    }

    @Override
    public void encode(ByteBuf out) {
      sent.encode(out);
    }
  }
}
