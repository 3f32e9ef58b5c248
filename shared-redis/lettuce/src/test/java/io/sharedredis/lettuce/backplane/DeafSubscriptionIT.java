package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that look alive and are not. */
class DeafSubscriptionIT {

  private static final UnaryOperator<BackplaneOptions> IMPATIENT =
      options -> options.withProbe(Duration.ofMillis(200), Duration.ofMillis(300));

  private final RedisServer redis = RedisServer.startOwn();
  private final FaultyProxy proxy = FaultyProxy.to(redis);
  private final Replicas replicas = new Replicas();

  @AfterEach
  void stop() {
    replicas.close();
    proxy.close();
    redis.close();
  }

  @Test
  void subscriptionThatFellSilentIsFoundAndReplaced() {
    Replica sender = replicas.start(redis.url());
    Replica deaf = replicas.start(proxy.redisUrl(), IMPATIENT);
    TestConnection client = deaf.connect("client");

    proxy.holdAnswersTo("SUBSCRIBE");
    await().atMost(Replicas.SOON).until(() -> deaf.count("probe-misses") > 0);
    proxy.heal();

    await()
        .atMost(Replicas.SOON)
        .until(() -> deaf.count("connects") > 1 && deaf.backplane().settled());
    hears(sender, client);
  }

  @Test
  void networkThatSwallowsEverythingIsLeftForANewConnection() {
    Replica sender = replicas.start(redis.url());
    Replica cut = replicas.start(proxy.redisUrl(), IMPATIENT);
    TestConnection client = cut.connect("client");

    proxy.blackHole();
    await().atMost(Replicas.SOON).until(() -> cut.count("disconnects") > 0);
    proxy.heal();

    await().atMost(Replicas.SOON).until(cut.backplane()::settled);
    hears(sender, client);
  }

  @Test
  void connectionCutAndResetByTheNetworkIsOpenedAgain() {
    Replica sender = replicas.start(redis.url());
    Replica cut = replicas.start(proxy.redisUrl());
    TestConnection client = cut.connect("client");

    proxy.reset();
    await().atMost(Replicas.SOON).until(() -> cut.count("connects") == 2);
    await().atMost(Replicas.SOON).until(cut.backplane()::settled);
    hears(sender, client);

    proxy.cut();
    await().atMost(Replicas.SOON).until(() -> cut.count("disconnects") == 2);
    proxy.heal();
    await().atMost(Duration.ofSeconds(2)).until(cut.backplane()::settled);
    hears(sender, client);
  }

  @Test
  void singleChannelThatWasLostIsSubscribedAgain() {
    Replica sender = replicas.start(redis.url());
    Replica replica = replicas.start(redis.url(), IMPATIENT);
    TestConnection client = replica.connect("client");

    replica.backplane().loseSubscription(new Channels(replicas.hub).all());

    await().atMost(Replicas.SOON).until(() -> replica.count("subscriptions-mended") > 0);
    await().atMost(Replicas.SOON).until(replica.backplane()::settled);
    hears(sender, client);
    assertThat(replica.count("connects")).isEqualTo(1);
  }

  @Test
  void healthyConnectionIsLeftAlone() {
    Replica replica = replicas.start(redis.url(), IMPATIENT);
    await().atMost(Replicas.SOON).until(() -> replica.count("probes") > 5);
    assertThat(replica.count("probe-misses")).isZero();
    assertThat(replica.count("subscriptions-mended")).isZero();
    assertThat(replica.count("connects")).isEqualTo(1);
  }

  private static void hears(Replica sender, TestConnection client) {
    int before = client.calls().size();
    assertThat(
            sender
                .lifetime()
                .send(new Recipients.All(Set.of()), Invocation.of(null, "m", List.of()))
                .toCompletableFuture())
        .succeedsWithin(Replicas.SOON);
    await().atMost(Replicas.SOON).until(() -> client.calls().size() == before + 1);
  }
}
