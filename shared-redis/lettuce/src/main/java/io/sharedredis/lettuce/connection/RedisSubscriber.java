package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Listens to a fixed set of channels of one Redis, for as long as the process runs.
 *
 * <p>Pub/sub forgets what was said while nobody listened: whoever uses this reads the state again
 * in {@code onListening}, which runs each time the subscription stands anew. Both callbacks run on
 * a driver thread and must not block.
 */
public final class RedisSubscriber<K, V> implements AutoCloseable {

  private final RedisClient client;
  private final Opening<StatefulRedisPubSubConnection<K, V>> opening;
  private final Runnable onListening;

  /** Begins to connect and to subscribe; returns at once. */
  @SafeVarargs
  public RedisSubscriber(
      RedisNetwork network,
      String use,
      RedisAddress address,
      RedisCodec<K, V> codec,
      BiConsumer<K, V> onMessage,
      Runnable onListening,
      K... channels) {
    this.onListening = onListening;
    this.client = network.client(address);
    this.opening =
        new Opening<>(
            use,
            address,
            network,
            client,
            () -> client.connectPubSubAsync(codec, address.toUri(network.deadlines().connect())));
    opening
        .first()
        .thenAccept(connection -> listen(connection, onMessage, channels))
        .exceptionally(cancelled -> null);
  }

  private void listen(
      StatefulRedisPubSubConnection<K, V> connection, BiConsumer<K, V> onMessage, K[] channels) {
    connection.addListener(
        new RedisPubSubAdapter<K, V>() {
          @Override
          public void message(K channel, V message) {
            onMessage.accept(channel, message);
          }

          // The driver subscribes again by itself after a reconnect, and this is called again.
          @Override
          public void subscribed(K channel, long count) {
            onListening.run();
          }
        });
    var unused = connection.async().subscribe(channels);
  }

  /** Completes when the connection stands for the first time. */
  public CompletableFuture<Void> firstConnected() {
    return opening.first().thenAccept(connection -> {});
  }

  @Override
  public void close() {
    opening.close();
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
