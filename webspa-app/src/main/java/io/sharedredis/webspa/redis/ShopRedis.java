package io.sharedredis.webspa.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.spring.web.ReadinessCondition;
import io.sharedredis.webspa.ShopProperties;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * The shop's Redis: a shared connection for commands that answer at once, and connections for reads
 * that wait. Whoever asks gets an answer or a {@link
 * io.sharedredis.lettuce.connection.RedisUnavailableException} within the deadline. Thread-safe.
 */
@Component("shopRedis")
public class ShopRedis implements HealthIndicator, ReadinessCondition, AutoCloseable {

  private final RedisNetwork network;
  private final RedisAddress address;
  private final RedisLink<String, String> link;
  private final RedisClient blocking;

  ShopRedis(RedisNetwork network, ShopProperties shop) {
    this.network = network;
    this.address = shop.redis();
    this.link = new RedisLink<>(network, "baskets and events", address, StringCodec.UTF8);
    this.blocking = network.client(address);
  }

  /** Asks and waits for the answer, no longer than the deadline; nothing may block in Redis. */
  public <T> T ask(
      Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> question) {
    return link.sync(question::apply);
  }

  /** Runs a script whose result is an integer. */
  public long run(LuaScript script, String key, String... args) {
    return link.sync(commands -> script.run(commands, key, args));
  }

  /** A connection of the caller's own, for reads that wait in Redis for up to {@code longest}. */
  public StatefulRedisConnection<String, String> blockingConnection(Duration longest) {
    Duration deadline = longest.plus(network.deadlines().command());
    blocking.setOptions(
        network.clientOptions().mutate().timeoutOptions(TimeoutOptions.enabled(deadline)).build());
    return blocking.connect(StringCodec.UTF8, network.uri(address, deadline));
  }

  /** Whether the first connection has been made; stays true when Redis goes away later. */
  @Override
  public boolean met() {
    return link.firstConnected().isDone();
  }

  @Override
  public String name() {
    return "shopRedis";
  }

  @Override
  public Health health() {
    try {
      ask(RedisClusterAsyncCommands::ping);
      return Health.up().withDetail("redis", address).build();
    } catch (RuntimeException e) {
      return Health.down().withDetail("redis", address).build();
    }
  }

  @Override
  public void close() {
    link.close();
    blocking.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
