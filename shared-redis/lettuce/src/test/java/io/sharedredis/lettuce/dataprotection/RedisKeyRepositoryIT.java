package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.dataprotection.KeyRepositoryContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RedisKeyRepositoryIT extends KeyRepositoryContract {

  private static RedisNetwork network;

  @Parameter SharedTestRedis redis;

  private final String ring = "ring-" + UUID.randomUUID();
  private final List<RedisKeyRepository> opened = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  static void openNetwork(SharedTestRedis redis) {
    redis.start();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
  }

  @AfterParameterizedClassInvocation
  static void closeNetwork() {
    network.close();
  }

  @AfterEach
  void closeRepositories() {
    opened.forEach(RedisKeyRepository::close);
  }

  @Override
  protected KeyRepository open() throws Exception {
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", redis.url()), ring);
    opened.add(repository);
    repository.firstConnected().get(10, TimeUnit.SECONDS);
    return repository;
  }

  @Override
  protected void loseEverything() {
    RingKeys keys = RingKeys.of(ring);
    raw(client -> client.connect().sync().del(keys.keys()));
  }

  @Test
  void elementThatDotNetAppendsIsReadAndChangesTheVersion() throws Exception {
    KeyRepository ours = open();
    String before = ours.readAll().version();
    raw(client -> client.connect().sync().rpush(ring, "<key id=\"dotnet\" />"));
    assertThat(ours.readAll().items())
        .extracting(KeyItem::xml)
        .containsExactly("<key id=\"dotnet\" />");
    assertThat(ours.storeNewDefault(new KeyItem("<key />", "key"), before)).isFalse();
  }

  @Test
  void listHoldsExactlyTheTextOfTheElementsAndNeverExpires() throws Exception {
    open().store(new KeyItem("<key id=\"1\" />", "key-1", "tag"));
    raw(
        client -> {
          var commands = client.connect().sync();
          assertThat(commands.lrange(ring, 0, -1)).containsExactly("<key id=\"1\" />");
          assertThat(commands.ttl(ring)).isEqualTo(-1);
        });
  }

  @Test
  void listOfAnotherTypeIsNotMistakenForAnEmptyRing() throws Exception {
    KeyRepository repository = open();
    raw(client -> client.connect().sync().set(ring, "not a list"));
    assertThatThrownBy(repository::readAll)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(ring);
  }

  private void raw(Consumer<RedisClient> work) {
    RedisClient client = RedisClient.create(redis.holding(ring));
    try {
      work.accept(client);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
