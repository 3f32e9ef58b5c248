package io.sharedredis.lettuce.backplane;

import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.backplane.ResumeContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RedisBackplaneIT extends ResumeContract {

  /** How Redis is built, and in a cluster whether channels lie on one shard or on all. */
  enum Form {
    STANDALONE(SharedTestRedis.STANDALONE, 0),
    SENTINEL(SharedTestRedis.SENTINEL, 0),
    CLUSTER(SharedTestRedis.CLUSTER, 0),
    SHARDED(SharedTestRedis.CLUSTER, 8);

    private final SharedTestRedis redis;
    private final int partitions;

    Form(SharedTestRedis redis, int partitions) {
      this.redis = redis;
      this.partitions = partitions;
    }
  }

  @Parameter Form form;

  private static RedisNetwork network;
  private static ScheduledExecutorService scheduler;

  private final List<RedisBackplane> backplanes = new ArrayList<>();
  private final Map<HubLifetime, RedisBackplane> byLifetime = new HashMap<>();

  @BeforeParameterizedClassInvocation
  static void open(Form form) {
    form.redis.start();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    scheduler = Executors.newSingleThreadScheduledExecutor();
  }

  @AfterParameterizedClassInvocation
  static void close() {
    scheduler.shutdownNow();
    network.close();
  }

  @AfterEach
  void closeBackplanes() {
    backplanes.forEach(RedisBackplane::close);
  }

  @Override
  protected HubLifetime replica(String hub, List<HubProtocol> protocols) {
    RedisBackplane backplane =
        new RedisBackplane(
            network,
            RedisAddress.parse("redis", form.redis.url()),
            BackplaneOptions.named("host_" + UUID.randomUUID().toString().replace("-", ""))
                .withPartitions(form.partitions),
            ReliableOptions.defaults()
                .withHistory(HISTORY, Duration.ofMinutes(1))
                .withMinReplicas(form == Form.SENTINEL ? 1 : 0),
            InstantSource.system(),
            scheduler,
            new SecureRandom(),
            new BackplaneMeters());
    backplanes.add(backplane);
    HubLifetime lifetime = backplane.create(hub, protocols);
    await().atMost(SOON).until(backplane::settled);
    byLifetime.put(lifetime, backplane);
    return lifetime;
  }

  @Override
  protected void deafen(HubLifetime replica, String channel) {
    RedisBackplane backplane = byLifetime.get(replica);
    long before = subscribers(backplane, channel);
    backplane.loseSubscription(channel);
    await().atMost(SOON).until(() -> subscribers(backplane, channel) == before - 1);
  }

  private static long subscribers(RedisBackplane backplane, String channel) {
    return backplane.subscribers(channel).toCompletableFuture().join();
  }

  @Override
  protected void reconnect(HubLifetime replica) {
    byLifetime.get(replica).replaceListening();
  }

  @Override
  protected long count(HubLifetime replica, String meter) {
    return byLifetime.get(replica).meters().counter(meter);
  }
}
