package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Pub/sub as .NET servers use it: every node of a cluster hears what is published on any. */
final class OrdinaryChannels implements BusChannels {

  private final RedisNetwork network;
  private final RedisAddress address;
  private final Supplier<RedisURI> next;
  private volatile @Nullable Audience audience;

  OrdinaryChannels(RedisNetwork network, RedisAddress address, RandomGenerator random) {
    this.network = network;
    this.address = address;
    this.next = network.anyNode(address, network.deadlines().connect(), random);
  }

  @Override
  public void begin(Runnable onReady) {
    audience = new Audience(network, address, RedisBus.CODEC, onReady);
  }

  @Override
  public boolean ready() {
    Audience asked = audience;
    return asked != null && asked.ready();
  }

  @Override
  public CompletionStage<RedisURI> place() {
    return CompletableFuture.completedFuture(next.get());
  }

  @Override
  public void require(StatefulRedisConnection<String, byte[]> connection) {}

  @Override
  public CompletionStage<Long> publish(
      StatefulRedisConnection<String, byte[]> connection, String name, byte[] payload) {
    return connection.async().publish(name, payload);
  }

  @Override
  public CompletionStage<Void> subscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names) {
    return connection.async().subscribe(names);
  }

  @Override
  public CompletionStage<Void> unsubscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names) {
    return connection.async().unsubscribe(names);
  }

  @Override
  public CompletionStage<Long> subscribers(
      StatefulRedisConnection<String, byte[]> connection, String name) {
    Audience asked = audience;
    return asked == null
        ? CompletableFuture.failedFuture(new IllegalStateException("not begun"))
        : asked.of(name, connection);
  }

  @Override
  public void listen(StatefulRedisPubSubConnection<String, byte[]> connection, Listener listener) {
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String name, byte[] payload) {
            listener.heard(name, payload);
          }

          @Override
          public void subscribed(String name, long count) {
            listener.confirmed(name, count);
          }
        });
  }

  @Override
  public boolean moved(Throwable failure) {
    return false;
  }

  @Override
  public void close() {
    Audience asked = audience;
    if (asked != null) {
      asked.close();
    }
  }
}
