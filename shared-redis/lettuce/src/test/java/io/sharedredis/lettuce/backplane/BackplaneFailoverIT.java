package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Clients stay connected and hear each other again when Redis' master changes or a node dies. */
class BackplaneFailoverIT {

  private static final Duration BACK = Duration.ofSeconds(20);

  @Test
  void deliveryGoesOnAfterAMasterIsReplaced() {
    try (RedisSentinel redis = RedisSentinel.start();
        Replicas farm = new Replicas()) {
      Replica a = farm.start(redis.url());
      Replica b = farm.start(redis.url());
      TestConnection listener = b.connect("listener");
      awaitDelivered(a, listener, "before");
      redis.failOver();
      awaitDelivered(a, listener, "replaced");
      assertThat(listener.closed()).isFalse();
    }
  }

  @Test
  void deliveryGoesOnWhicheverNodeOfAClusterDies() {
    try (RedisCluster redis = RedisCluster.start();
        Replicas farm = new Replicas()) {
      Replica a = farm.start(redis.url());
      Replica b = farm.start(redis.url());
      TestConnection listener = b.connect("listener");
      for (RedisServer node : redis.nodes()) {
        node.kill();
        awaitDelivered(a, listener, "without " + node.uri().getPort());
        node.startAgain();
      }
      assertThat(listener.closed()).isFalse();
    }
  }

  /** Plain sends fail meanwhile, and say so. */
  private static void awaitDelivered(Replica from, TestConnection to, String text) {
    Awaitility.await()
        .atMost(BACK)
        .ignoreExceptions()
        .until(
            () -> {
              var sent =
                  from.lifetime()
                      .send(new Recipients.All(Set.of()), Invocation.of(null, "n", List.of(text)))
                      .toCompletableFuture();
              sent.get(10, TimeUnit.SECONDS);
              return to.calls().stream().anyMatch(call -> TestConnection.text(call).contains(text));
            });
  }
}
