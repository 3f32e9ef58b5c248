package io.sharedredis.webspa.events;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sharedredis.webspa.background.BackgroundLoop;
import io.sharedredis.webspa.database.DatabaseStart;
import io.sharedredis.webspa.redis.ShopRedis;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * This replica's member of the consumer group. It acknowledges an event only when it is done, takes
 * over what a dead replica left, and rebuilds the group when Redis lost it.
 */
@Component
class EventConsumer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(EventConsumer.class);

  /** Longest wait for a new event in one round; also bounds how long a stop takes. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  /**
   * An event that is under way for this long belongs to whoever asks: handlers take milliseconds.
   */
  static final Duration ABANDONED = Duration.ofSeconds(3);

  /** A consumer that was not heard of for this long and owes nothing is forgotten. */
  private static final Duration FORGET_AFTER = Duration.ofHours(1);

  private static final Duration HOUSEKEEPING = Duration.ofHours(1);

  private final EventStream stream;
  private final EventProcessor processor;
  private final Outbox outbox;
  private final ShopRedis redis;
  private final DatabaseStart database;
  private final InstantSource clock;
  private final BackgroundLoop loop = new BackgroundLoop("shop-events", this::round);
  private @Nullable StatefulRedisConnection<String, String> own;
  private Instant lastHousekeeping = Instant.EPOCH;

  EventConsumer(
      EventStream stream,
      EventProcessor processor,
      Outbox outbox,
      ShopRedis redis,
      DatabaseStart database,
      InstantSource clock) {
    this.stream = stream;
    this.processor = processor;
    this.outbox = outbox;
    this.redis = redis;
    this.database = database;
    this.clock = clock;
  }

  private Duration round() {
    if (!database.ready() || !redis.met()) {
      return Duration.ofMillis(200);
    }
    try {
      process(stream.claim(ABANDONED));
      process(stream.take(connection().sync(), WAIT));
      housekeeping();
    } catch (RedisCommandExecutionException e) {
      if (!String.valueOf(e.getMessage()).startsWith("NOGROUP")) {
        throw e;
      }
      rebuild();
    }
    return Duration.ZERO;
  }

  private void process(List<EventStream.Delivery> deliveries) {
    for (EventStream.Delivery delivery : deliveries) {
      if (processor.process(delivery.outboxId())) {
        stream.acknowledge(delivery);
      }
    }
  }

  /**
   * First start of the farm, or Redis came back empty. Only the replica that makes the group
   * resends.
   */
  private void rebuild() {
    if (stream.createGroup()) {
      int again = outbox.forgetSent();
      log.info("Event stream and consumer group made; {} open events are sent again", again);
    }
  }

  private void housekeeping() {
    Instant now = clock.instant();
    if (now.isAfter(lastHousekeeping.plus(HOUSEKEEPING))) {
      lastHousekeeping = now;
      stream.forgetConsumers(FORGET_AFTER);
    }
  }

  private StatefulRedisConnection<String, String> connection() {
    StatefulRedisConnection<String, String> connection = own;
    if (connection == null) {
      connection = redis.blockingConnection(WAIT);
      own = connection;
    }
    return connection;
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
    StatefulRedisConnection<String, String> connection = own;
    if (connection != null) {
      connection.close();
      own = null;
    }
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
