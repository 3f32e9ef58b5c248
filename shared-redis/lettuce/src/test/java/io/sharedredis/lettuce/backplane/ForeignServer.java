package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A server of another make on the same Redis, which says and hears bytes. */
final class ForeignServer implements AutoCloseable {

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> speaking;
  private final StatefulRedisPubSubConnection<String, byte[]> hearing;
  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();
  private final Map<String, Queue<byte[]>> heard = new ConcurrentHashMap<>();

  private final String prefix;

  ForeignServer(String url) {
    this(url, "");
  }

  ForeignServer(String url, String prefix) {
    this.prefix = prefix;
    client = RedisClient.create(RedisURI.create(url));
    speaking = client.connect(CODEC);
    hearing = client.connectPubSub(CODEC);
    hearing.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String channel, byte[] payload) {
            heard(channel.substring(prefix.length())).add(payload);
          }
        });
  }

  long publish(String channel, byte[] payload) {
    return speaking.sync().publish(prefix + channel, payload);
  }

  void subscribe(String... channels) {
    for (String channel : channels) {
      hearing.sync().subscribe(prefix + channel);
      subscribed.add(prefix + channel);
    }
  }

  long listeners(String channel) {
    return speaking.sync().pubsubNumsub(prefix + channel).get(prefix + channel);
  }

  void observeEverything() {
    hearing.sync().psubscribe("*");
  }

  /** The next payload on a channel. */
  byte[] next(String channel) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !heard(channel).isEmpty());
    return heard(channel).remove();
  }

  /** Unsubscribes everything and forgets what was heard. */
  void forget() {
    if (!subscribed.isEmpty()) {
      hearing.sync().unsubscribe(subscribed.toArray(String[]::new));
      subscribed.clear();
    }
    heard.clear();
  }

  boolean hasHeard(String channel) {
    return !heard(channel).isEmpty();
  }

  private Queue<byte[]> heard(String channel) {
    return heard.computeIfAbsent(channel, key -> new ConcurrentLinkedQueue<>());
  }

  @Override
  public void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
