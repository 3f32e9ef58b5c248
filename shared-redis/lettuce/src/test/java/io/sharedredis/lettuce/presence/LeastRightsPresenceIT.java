package io.sharedredis.lettuce.presence;

import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.presence.PresenceQuery.What;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract of presence as a user with the rights of the document. */
class LeastRightsPresenceIT extends PresenceStoreContract {

  private static RestrictedRedis redis;
  private static RedisNetwork network;
  private static RedisPresence presence;

  @BeforeAll
  static void start() {
    redis = new RestrictedRedis("shop", "Hub", "presence");
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    presence =
        new RedisPresence(
            network,
            RedisAddress.parse("test", redis.url()),
            "shop",
            new PresenceTimes(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1)));
    await().atMost(Duration.ofSeconds(20)).until(LeastRightsPresenceIT::answers);
  }

  private static boolean answers() {
    return presence
        .of("first")
        .count(PresenceQuery.all(What.CONNECTIONS))
        .handle((tally, failure) -> failure == null)
        .toCompletableFuture()
        .join();
  }

  @AfterAll
  static void stop() {
    presence.close();
    network.close();
    try (RestrictedRedis ended = redis) {
      ended.assertRightsAreExact("+ping");
    }
  }

  @Override
  PresenceStore store(String hub) {
    return presence.of(hub);
  }
}
