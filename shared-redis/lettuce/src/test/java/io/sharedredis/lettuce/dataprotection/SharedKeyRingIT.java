package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole replicas of a key ring over one Redis, each with connections of its own. */
class SharedKeyRingIT {

  private static final int REPLICAS = 6;
  private static final int ROUNDS = 20;

  private static RedisServer redis;
  private static RedisNetwork network;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
  }

  @AfterAll
  static void stop() {
    network.close();
    redis.close();
  }

  @AfterEach
  void closeReplicas() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    open.clear();
  }

  @Test
  void replicasThatStartAtOnceOnAnEmptyRedisShareExactlyOneKey() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(REPLICAS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String ring = "ring-" + UUID.randomUUID();
        CyclicBarrier together = new CyclicBarrier(REPLICAS);
        List<RedisKeyRepository> repositories = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
          repositories.add(repository(ring));
        }
        List<Callable<String>> starts = new ArrayList<>();
        for (RedisKeyRepository repository : repositories) {
          starts.add(
              () -> {
                together.await(10, TimeUnit.SECONDS);
                DataProtector protector = replica(repository);
                return protector.protect("round");
              });
        }
        List<String> payloads = new ArrayList<>();
        for (Future<String> start : pool.invokeAll(starts)) {
          payloads.add(start.get());
        }
        assertThat(length(ring)).as("keys in round %d", round).isEqualTo(1);
        DataProtector reader = replica(repository(ring));
        for (String payload : payloads) {
          assertThat(reader.unprotect(payload)).isEqualTo("round");
        }
        closeReplicas();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void revocationIsInForceOnAnotherReplicaWithinASecond() throws Exception {
    String ring = "ring-" + UUID.randomUUID();
    DataProtection one = open(repository(ring));
    DataProtection two = open(repository(ring));
    String payload = one.protector("p").protect("secret");
    assertThat(two.protector("p").unprotect(payload)).isEqualTo("secret");
    one.keyManager().revoke(one.keyManager().ring().defaultKey().id(), "test");
    Awaitility.await()
        .atMost(Duration.ofSeconds(1))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> two.protector("p").unprotect(payload))
                    .isInstanceOf(DataProtectionException.class));
  }

  @Test
  void ringGoesOnWorkingWhileRedisIsAwayAndIsRestoredWhenItComesBackEmpty() throws Exception {
    String ring = "ring-" + UUID.randomUUID();
    try (RedisServer server = RedisServer.startOwn()) {
      RedisKeyRepository repository =
          new RedisKeyRepository(network, RedisAddress.parse("test", server.url()), ring);
      open.add(repository);
      repository.firstConnected().get(5, TimeUnit.SECONDS);
      DataProtection protection = open(repository);
      String payload = protection.protector("p").protect("secret");
      server.kill();
      assertThat(protection.protector("p").unprotect(payload)).isEqualTo("secret");
      assertThat(protection.protector("p").unprotect(protection.protector("p").protect("more")))
          .isEqualTo("more");
      server.startAgainEmpty();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(repository.readAll().items()).hasSize(1));
      assertThat(protection.protector("p").unprotect(payload)).isEqualTo("secret");
    }
  }

  private RedisKeyRepository repository(String ring) throws Exception {
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", redis.url()), ring);
    synchronized (open) {
      open.add(repository);
    }
    repository.firstConnected().get(5, TimeUnit.SECONDS);
    return repository;
  }

  private DataProtector replica(RedisKeyRepository repository) {
    return open(repository).protector("purpose");
  }

  private DataProtection open(RedisKeyRepository repository) {
    DataProtection protection =
        DataProtection.open(
            DataProtectionOptions.builder().applicationName("test").build(), repository);
    synchronized (open) {
      open.add(0, protection);
    }
    return protection;
  }

  private static long length(String ring) {
    RedisClient client = RedisClient.create(redis.uri());
    try {
      return client.connect().sync().llen(ring);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
