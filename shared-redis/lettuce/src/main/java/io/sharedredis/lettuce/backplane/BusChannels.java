package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletionStage;

/** Where the channels of a bus live in Redis, and the commands that reach them there. */
interface BusChannels extends AutoCloseable {

  /** The server to connect to; asked again for each connection. */
  CompletionStage<RedisURI> place();

  /**
   * Looks at a fresh connection.
   *
   * @throws IllegalArgumentException saying what to do if its server can never serve
   */
  void require(StatefulRedisConnection<String, byte[]> connection);

  CompletionStage<Long> publish(
      StatefulRedisConnection<String, byte[]> connection, String name, byte[] payload);

  CompletionStage<Void> subscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names);

  CompletionStage<Void> unsubscribe(
      StatefulRedisPubSubConnection<String, byte[]> connection, String... names);

  /** How many connections listen to a channel. */
  CompletionStage<Long> subscribers(
      StatefulRedisConnection<String, byte[]> connection, String name);

  /** Hands over what a connection hears. */
  void listen(StatefulRedisPubSubConnection<String, byte[]> connection, Listener listener);

  /**
   * Called once, before everything else.
   *
   * @param onReady runs when {@link #ready()} begins to be true, unless it is from the start
   */
  void begin(Runnable onReady);

  /** Whether {@link #subscribers} can be asked. */
  boolean ready();

  /** Whether a command was refused because its channel is at home on another server now. */
  boolean moved(Throwable failure);

  @Override
  void close();

  /** On the driver's thread; must not block. */
  interface Listener {

    void heard(String name, byte[] payload);

    /**
     * @param count channels that this connection has now
     */
    void confirmed(String name, long count);

    /** The server ended subscriptions by itself, as one does that gives a slot away. */
    void taken();
  }
}
