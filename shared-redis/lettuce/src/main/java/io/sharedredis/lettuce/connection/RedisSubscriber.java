package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to a fixed set of channels of one Redis, for as long as the process runs.
 *
 * <p>Pub/sub forgets what was said while nobody listened: whoever uses this reads the state again
 * in {@code onListening}, which runs each time the subscription stands anew. Both callbacks run on
 * a driver thread and must not block.
 *
 * <p>A listener that hears nothing cannot tell silence from a dead connection, so it asks: a {@code
 * PING} twice a second, and a new connection where it is not answered within the command deadline.
 * With the default deadline of 500 ms a connection that went deaf without a word is found out
 * within a second, at the cost of 14 bytes to Redis and 7 back each time.
 */
public final class RedisSubscriber<K, V> implements AutoCloseable {

  /** Between two questions: together with the deadline of 500 ms this stays within a second. */
  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(RedisSubscriber.class);

  private final String use;
  private final RedisClient client;
  private final Opening<StatefulRedisPubSubConnection<K, V>> opening;
  private final BiConsumer<K, V> onMessage;
  private final Runnable onListening;
  private final K[] channels;
  private final ScheduledFuture<?> heartbeat;

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
    this.use = use;
    this.onMessage = onMessage;
    this.onListening = onListening;
    this.channels = channels.clone();
    this.client = network.client(address);
    this.opening =
        new Opening<>(
            use,
            address,
            network,
            client,
            () -> client.connectPubSubAsync(codec, address.toUri(network.deadlines().connect())),
            this::listen);
    this.heartbeat =
        network
            .resources()
            .eventExecutorGroup()
            .scheduleWithFixedDelay(
                this::ask, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void listen(StatefulRedisPubSubConnection<K, V> connection) {
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
    var unused =
        connection
            .async()
            .subscribe(channels)
            .whenComplete(
                (done, failure) -> {
                  if (failure instanceof RedisCommandExecutionException) {
                    log.warn("Redis refuses the subscription of {}: {}", use, failure.getMessage());
                  }
                });
  }

  private void ask() {
    StatefulRedisPubSubConnection<K, V> connection = opening.connection();
    // One that is known to be lost is the driver's to open again.
    if (connection != null && connection.isOpen()) {
      var unused =
          connection
              .async()
              .ping()
              .whenComplete(
                  (pong, failure) -> {
                    if (isTimeout(failure)) {
                      opening.renew("it no longer hears");
                    }
                  });
    }
  }

  private static boolean isTimeout(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RedisCommandTimeoutException;
  }

  /** Completes when the connection stands for the first time. */
  public CompletableFuture<Void> firstConnected() {
    return opening.first().thenAccept(connection -> {});
  }

  @Override
  public void close() {
    heartbeat.cancel(false);
    opening.close();
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
