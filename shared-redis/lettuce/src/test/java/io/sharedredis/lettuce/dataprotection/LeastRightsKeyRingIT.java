package io.sharedredis.lettuce.dataprotection;

import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.dataprotection.KeyRepositoryContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The whole contract of the ring's store as a user with the rights of the document. */
class LeastRightsKeyRingIT extends KeyRepositoryContract {

  private static RestrictedRedis redis;
  private static RedisNetwork network;

  private final List<RedisKeyRepository> opened = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = new RestrictedRedis("shop", "Hub", "key-ring");
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
  }

  @AfterAll
  static void stop() {
    network.close();
    try (RestrictedRedis ended = redis) {
      ended.assertRightsAreExact("+ping");
    }
  }

  @AfterEach
  void closeRepositories() {
    opened.forEach(RedisKeyRepository::close);
    loseEverything();
  }

  @Override
  protected KeyRepository open() throws Exception {
    RedisKeyRepository repository =
        new RedisKeyRepository(
            network, RedisAddress.parse("test", redis.url()), RedisKeyRepository.DEFAULT_KEY);
    opened.add(repository);
    repository.firstConnected().get(10, TimeUnit.SECONDS);
    return repository;
  }

  @Override
  protected void loseEverything() {
    redis.admin().del(RingKeys.of(RedisKeyRepository.DEFAULT_KEY).keys());
  }
}
