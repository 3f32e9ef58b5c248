package io.sharedredis.lettuce.session;

import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisSubscriber;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What replicas that keep sessions for a moment tell each other over pub/sub: which session was
 * written, and which has ended. Channels: {@code docs/formats/session-store.md}. Thread-safe.
 */
public final class SessionNews implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SessionNews.class);

  private final CachedSessionStore cache;
  private final RedisSubscriber<String, String> subscriber;

  /**
   * Begins to listen.
   *
   * @param link to the Redis of sessions; stays the caller's
   */
  public SessionNews(
      RedisNetwork network,
      RedisLink<byte[], byte[]> link,
      RedisSessionStore store,
      Duration timeToLive,
      int most) {
    this(network, link, store, timeToLive, most, System::nanoTime);
  }

  /**
   * The same with a clock of the caller's.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public SessionNews(
      RedisNetwork network,
      RedisLink<byte[], byte[]> link,
      RedisSessionStore store,
      Duration timeToLive,
      int most,
      LongSupplier nanoTime) {
    byte[] writes = SessionNames.bytes(store.writesChannel());
    this.cache =
        new CachedSessionStore(
            store, timeToLive, most, internal -> tell(link, writes, internal), nanoTime);
    this.subscriber =
        new RedisSubscriber<>(
            network,
            "session news",
            link.address(),
            StringCodec.UTF8,
            (channel, message) -> cache.drop(message.substring(message.indexOf(':') + 1)),
            cache::hears,
            store.writesChannel(),
            store.endsChannel());
    subscriber.onSilence(cache::isDeaf);
    cache.listensBy(subscriber::connected);
  }

  /** The store with what is kept of it. */
  public CachedSessionStore cache() {
    return cache;
  }

  private static void tell(RedisLink<byte[], byte[]> link, byte[] channel, String internal) {
    link.async(redis -> redis.publish(channel, SessionNames.bytes(internal)))
        .whenComplete(
            (heard, failure) -> {
              if (failure != null) {
                // What others keep of it ends by itself, within a second or two.
                log.debug("The write of a session could not be announced", failure);
              }
            });
  }

  @Override
  public void close() {
    subscriber.close();
  }
}
