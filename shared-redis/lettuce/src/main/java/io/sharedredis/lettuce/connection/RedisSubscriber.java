package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
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
 * PING} four times a second, and a new connection where the answer takes longer than 300 ms. What
 * went deaf without a word is found out in little more than half a second, at the cost of 14 bytes
 * to Redis and 7 back each time.
 *
 * <p>A subscription that Redis refused, for lack of a right for instance, is asked for again each
 * second, also when the right was taken away and the driver came back without it.
 */
public final class RedisSubscriber<K, V> implements AutoCloseable {

  /** Between two questions. With {@link #ANSWER} and connecting anew this stays in a second. */
  private static final Duration HEARTBEAT = Duration.ofMillis(250);

  /**
   * How long an answer may take. Less than a command's: nobody waits for it, and a needless new
   * connection costs less than an announcement that is missed.
   */
  private static final Duration ANSWER = Duration.ofMillis(300);

  /** Heartbeats until a subscription that does not stand is asked for again: a second. */
  private static final int ASK_AGAIN = 4;

  private static final Logger log = LoggerFactory.getLogger(RedisSubscriber.class);

  private final String use;
  private final RedisAddress address;
  private final RedisNetwork network;
  private final Driver driver;
  private final Opening<StatefulRedisPubSubConnection<K, V>> opening;
  private final BiConsumer<K, V> onMessage;
  private final Runnable onListening;
  private final K[] channels;
  private final ScheduledFuture<?> heartbeat;
  private final List<Runnable> silenceListeners = new CopyOnWriteArrayList<>();
  private volatile boolean subscribed;
  private volatile boolean refusalTold;

  /** The heartbeat's own. */
  private int deafBeats;

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
    this.address = address;
    this.network = network;
    this.onMessage = onMessage;
    this.onListening = onListening;
    this.channels = channels.clone();
    this.driver = Driver.of(network, address);
    this.opening =
        new Opening<>(
            use, address, network, driver, () -> driver.connectPubSub(codec), this::listen);
    driver.onState(new Losses());
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
            subscribed = true;
            refusalTold = false;
            onListening.run();
          }
        });
    subscribed = false;
    subscribe(connection);
  }

  private void subscribe(StatefulRedisPubSubConnection<K, V> connection) {
    var unused =
        connection
            .async()
            .subscribe(channels)
            .whenComplete(
                (done, failure) -> {
                  boolean lacks =
                      network
                          .missingRights()
                          .look(use, address, Arrays.toString(channels), failure);
                  if (!lacks && failure instanceof RedisCommandExecutionException && !refusalTold) {
                    refusalTold = true;
                    log.warn("Redis refuses the subscription of {}: {}", use, failure.getMessage());
                  }
                });
  }

  private void ask() {
    StatefulRedisPubSubConnection<K, V> connection = opening.connection();
    // One that is known to be lost is the driver's to open again.
    if (connection != null && connection.isOpen()) {
      deafBeats = subscribed ? 0 : deafBeats + 1;
      if (deafBeats >= ASK_AGAIN) {
        deafBeats = 0;
        subscribe(connection);
      }
      CompletableFuture<String> pong = connection.async().ping().toCompletableFuture();
      var unused =
          network
              .resources()
              .eventExecutorGroup()
              .schedule(() -> judge(pong), ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** An error is an answer. */
  private void judge(CompletableFuture<String> pong) {
    if (!pong.isDone()) {
      opening.renew("it no longer hears");
      silenceListeners.forEach(Runnable::run);
    }
  }

  /**
   * Runs {@code listener} each time that a question was not answered in time: whoever has another
   * connection on the same way may suspect it as well. On a driver thread: it must not block.
   */
  public void onSilence(Runnable listener) {
    silenceListeners.add(listener);
  }

  /** Whether the connection stands now; one that went deaf without a word may still seem to. */
  public boolean connected() {
    StatefulRedisPubSubConnection<K, V> connection = opening.connection();
    return connection != null && connection.isOpen();
  }

  /** Completes when the connection stands for the first time. */
  public CompletableFuture<Void> firstConnected() {
    return opening.first().thenAccept(connection -> {});
  }

  @Override
  public void close() {
    heartbeat.cancel(false);
    opening.close();
    driver.close();
  }

  /** What the driver subscribes again by itself may be refused, of which it tells nobody. */
  private final class Losses extends RedisConnectionStateAdapter {

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
      if (handler == (Object) opening.connection()) {
        subscribed = false;
      }
    }
  }
}
