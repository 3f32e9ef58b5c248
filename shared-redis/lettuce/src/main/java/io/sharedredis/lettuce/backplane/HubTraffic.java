package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches the channels of a hub from outside of its servers, which do not notice: whoever listens
 * by pattern is not counted as present. Connects again by itself; {@link #next} is for one thread.
 */
public final class HubTraffic implements AutoCloseable {

  /** Unit: bytes. What replicas take at most unless told otherwise. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  /**
   * Unit: bytes. Seen and not yet taken, before further messages are dropped: four of the largest.
   */
  private static final long MAX_WAITING = 4L * MAX_BYTES;

  /** What a waiting message takes beside its payload, so that many small ones are bounded too. */
  private static final int OVERHEAD = 256;

  /** Between two looks whether the connection still answers. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  /** Something that waits to be taken; a payload is read by whoever takes it. */
  private record Waiting(Supplier<TrafficEvent> event, long bytes) {}

  private final String prefix;
  private final String[] patterns;
  private final TrafficReader reader;
  private final InstantSource clock;
  private final BusLink<StatefulRedisPubSubConnection<String, byte[]>> link;
  private final ScheduledFuture<?> looking;
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();

  /**
   * Begins to connect; returns at once.
   *
   * @param channelPrefix put before every channel name; usually none
   * @param hub full name of the hub
   * @param replicas whether to listen to what replicas say to each other beside the hub's channels
   *     too: announcements of this hub's, and relayed requests of all hubs on this Redis
   * @param scheduler runs timers; its tasks do not block
   */
  public HubTraffic(
      RedisNetwork network,
      RedisAddress address,
      String channelPrefix,
      String hub,
      boolean replicas,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random) {
    this.prefix = channelPrefix;
    this.reader = new TrafficReader(hub);
    this.clock = clock;
    String own = literally(channelPrefix + hub) + ":*";
    this.patterns =
        replicas
            ? new String[] {
              own,
              literally(channelPrefix + Peers.channel(hub)),
              literally(channelPrefix) + "shared-redis:*:hub:relay:*"
            }
            : new String[] {own};
    RedisClient client = network.client(address);
    client.setOptions(network.clientOptions().mutate().autoReconnect(false).build());
    Supplier<RedisURI> uri = network.anyNode(address, network.deadlines().connect(), random);
    this.link =
        new BusLink<>(
            "watching",
            address,
            client,
            connecting -> connecting.connectPubSubAsync(CODEC, uri.get()),
            this::listen,
            () -> tell(new TrafficEvent.Lost(clock.instant())),
            scheduler,
            random);
    link.open();
    this.looking =
        scheduler.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A text as a pattern that only it matches. */
  static String literally(String text) {
    return text.replaceAll("[\\\\*?\\[\\]]", "\\\\$0");
  }

  private void listen(StatefulRedisPubSubConnection<String, byte[]> connection) {
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String pattern, String channel, byte[] payload) {
            seen(channel, payload);
          }
        });
    var unused =
        connection
            .async()
            .psubscribe(patterns)
            .whenComplete(
                (done, failure) -> {
                  Instant now = clock.instant();
                  if (failure == null) {
                    tell(new TrafficEvent.Listening(now));
                  } else if (connection.isOpen()) {
                    tell(
                        new TrafficEvent.Refused(
                            now, String.valueOf(Failures.unwrap(failure).getMessage())));
                  }
                });
  }

  private void seen(String channel, byte[] payload) {
    long bytes = payload.length + channel.length() + (long) OVERHEAD;
    if (waitingBytes.addAndGet(bytes) > MAX_WAITING) {
      waitingBytes.addAndGet(-bytes);
      skipped.incrementAndGet();
      return;
    }
    Instant now = clock.instant();
    boolean added =
        waiting.add(
            new Waiting(
                () -> {
                  String name = channel.substring(Math.min(channel.length(), prefix.length()));
                  return new TrafficEvent.Seen(
                      now, name, payload.length, reader.read(name, payload));
                },
                bytes));
    assert added;
  }

  private void tell(TrafficEvent event) {
    boolean added = waiting.add(new Waiting(() -> event, 0));
    assert added;
  }

  /** A connection that swallows commands looks like a hub where nothing happens. */
  private void look() {
    StatefulRedisPubSubConnection<String, byte[]> connection = link.connection();
    if (connection != null) {
      var unused =
          connection
              .async()
              .ping()
              .whenComplete(
                  (pong, failure) -> {
                    if (failure != null && link.connection() == connection) {
                      link.replace("it does not answer");
                    }
                  });
    }
  }

  /** The next event, in order; null when there is none within that time. */
  public @Nullable TrafficEvent next(Duration longest) throws InterruptedException {
    Waiting first = waiting.poll();
    if (first == null) {
      long lost = skipped.getAndSet(0);
      if (lost > 0) {
        return new TrafficEvent.Skipped(clock.instant(), lost);
      }
      first = waiting.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (first == null) {
      return null;
    }
    waitingBytes.addAndGet(-first.bytes());
    return first.event().get();
  }

  @Override
  public void close() {
    looking.cancel(false);
    link.close();
  }
}
