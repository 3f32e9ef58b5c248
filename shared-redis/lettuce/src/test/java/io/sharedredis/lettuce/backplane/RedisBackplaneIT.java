package io.sharedredis.lettuce.backplane;

import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.backplane.BackplaneContract;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
class RedisBackplaneIT extends BackplaneContract {

  @Parameter SharedTestRedis redis;

  private static RedisNetwork network;
  private static ScheduledExecutorService scheduler;

  private final List<RedisBackplane> backplanes = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  static void open(SharedTestRedis redis) {
    redis.start();
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
            RedisAddress.parse("redis", redis.url()),
            BackplaneOptions.named("host_" + UUID.randomUUID().toString().replace("-", "")),
            InstantSource.system(),
            scheduler,
            new SecureRandom(),
            new BackplaneMeters());
    backplanes.add(backplane);
    HubLifetime lifetime = backplane.create(hub, protocols);
    await().atMost(SOON).until(backplane::settled);
    return lifetime;
  }
}
