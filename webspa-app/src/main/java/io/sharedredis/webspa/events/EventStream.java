package io.sharedredis.webspa.events;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.starter.Farm;
import io.sharedredis.webspa.redis.LuaScript;
import io.sharedredis.webspa.redis.ShopRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * The Redis stream {@code shared-redis:shop:events:{orders}} and its one consumer group: each entry
 * goes to exactly one replica. An entry names an outbox row ({@code outbox=<id>}) and nothing else,
 * so no buyer's data lies in Redis.
 */
@Component
class EventStream {

  static final String KEY = "shared-redis:shop:events:{orders}";
  static final String GROUP = "shop";
  private static final String FIELD = "outbox";

  /** Entries kept; what is trimmed unread is sent again from the outbox. */
  private static final long MAX_LENGTH = 10_000;

  /** Entries one replica takes at a time, so that the others get their share. */
  private static final int BATCH = 16;

  private static final LuaScript FORGET = LuaScript.load("events-forget-consumers");

  private final ShopRedis redis;
  private final Consumer<String> consumer;

  EventStream(ShopRedis redis, Farm farm) {
    this.redis = redis;
    this.consumer = Consumer.from(GROUP, farm.replicaName());
  }

  /** One entry that is now this replica's to finish. */
  record Delivery(String entryId, long outboxId) {}

  void append(long outboxId) {
    redis.ask(
        commands ->
            commands.xadd(
                KEY,
                XAddArgs.Builder.maxlen(MAX_LENGTH).approximateTrimming(),
                Map.of(FIELD, String.valueOf(outboxId))));
  }

  /** Entries nobody has taken yet; waits up to {@code wait} for the first. */
  List<Delivery> take(RedisCommands<String, String> own, Duration wait) {
    return deliveries(
        own.xreadgroup(
            consumer,
            XReadArgs.Builder.block(wait).count(BATCH),
            XReadArgs.StreamOffset.lastConsumed(KEY)));
  }

  /** Entries somebody, perhaps this replica, took and did not finish within {@code idle}. */
  List<Delivery> claim(Duration idle) {
    return deliveries(
        redis
            .ask(
                commands ->
                    commands.xautoclaim(
                        KEY,
                        new XAutoClaimArgs<String>()
                            .consumer(consumer)
                            .minIdleTime(idle)
                            .startId("0-0")
                            .count(BATCH)))
            .getMessages());
  }

  void acknowledge(Delivery delivery) {
    redis.ask(commands -> commands.xack(KEY, GROUP, delivery.entryId()));
  }

  /**
   * Makes the stream and the group if they are missing. The group starts at the oldest entry.
   *
   * @return whether this call made the group: then whatever was under way before is lost
   */
  boolean createGroup() {
    try {
      redis.ask(
          commands ->
              commands.xgroupCreate(
                  XReadArgs.StreamOffset.from(KEY, "0-0"),
                  GROUP,
                  XGroupCreateArgs.Builder.mkstream(true)));
      return true;
    } catch (RedisBusyException exists) {
      return false;
    }
  }

  /** Replicas come and go under ever new names; their empty consumers do not stay for ever. */
  long forgetConsumers(Duration silentFor) {
    return redis.run(FORGET, KEY, GROUP, consumer.getName(), String.valueOf(silentFor.toMillis()));
  }

  private static List<Delivery> deliveries(List<StreamMessage<String, String>> messages) {
    return messages.stream()
        .filter(Objects::nonNull)
        .filter(message -> message.getBody() != null && message.getBody().containsKey(FIELD))
        .map(message -> new Delivery(message.getId(), Long.parseLong(message.getBody().get(FIELD))))
        .toList();
  }
}
