package io.sharedredis.lettuce.connection;

import io.lettuce.core.codec.StringCodec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Listens to all sentinels of one master for the news that another server has become master. Until
 * the former one is told, seconds later, it goes on taking writes that will be lost: whoever hears
 * the news leaves it at once. Thread-safe.
 */
final class SentinelWatch implements AutoCloseable {

  private static final String SWITCHED = "+switch-master";

  private final String master;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<RedisSubscriber<String, String>> sentinels;

  SentinelWatch(RedisNetwork network, RedisAddress address) {
    this.master = ((RedisTopology.Sentinel) address.topology()).master();
    this.sentinels =
        address.sentinels().stream()
            .map(
                sentinel ->
                    new RedisSubscriber<>(
                        network,
                        "news of sentinels",
                        sentinel,
                        StringCodec.UTF8,
                        (channel, news) -> hear(news),
                        () -> {},
                        SWITCHED))
            .toList();
  }

  /** {@code <master> <former host> <former port> <host> <port>}. */
  private void hear(String news) {
    if (news.startsWith(master + " ")) {
      listeners.forEach(Runnable::run);
    }
  }

  void add(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }

  @Override
  public void close() {
    sentinels.forEach(RedisSubscriber::close);
  }
}
