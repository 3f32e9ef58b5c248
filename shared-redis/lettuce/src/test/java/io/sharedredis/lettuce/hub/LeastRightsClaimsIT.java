package io.sharedredis.lettuce.hub;

import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.hub.ClaimStore.Right;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract of claims as a user with the rights of the document. */
class LeastRightsClaimsIT extends ClaimStoreContract {

  private static RestrictedRedis redis;
  private static RedisNetwork network;
  private static RedisClaims a;
  private static RedisClaims b;

  @BeforeAll
  static void start() {
    redis = new RestrictedRedis("shop", "Hub", "claims");
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    a = replica("a");
    b = replica("b");
  }

  private static RedisClaims replica(String server) {
    RedisClaims claims =
        new RedisClaims(
            network,
            RedisAddress.parse("test", redis.url()),
            "shop",
            server,
            ClaimTimes.DEFAULT,
            System::nanoTime);
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(RedisUnavailableException.class)
        .until(() -> claims.claim(connection(1), Right.FRESH_TOKEN) != null);
    return claims;
  }

  @AfterAll
  static void stop() {
    a.close();
    b.close();
    network.close();
    try (RestrictedRedis ended = redis) {
      ended.assertRightsAreExact("+ping");
    }
  }

  @Override
  ClaimStore a() {
    return a;
  }

  @Override
  ClaimStore b() {
    return b;
  }
}
