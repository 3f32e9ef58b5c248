package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.backplane.PlaceStore.Claim;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.backplane.TestConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Records of places as they lie in Redis, right ones and others. */
class RedisPlacesIT {

  private static final byte[] SOMETHING = {1, 0, '\n', -1};

  private static RedisNetwork network;
  private static RedisHistory history;
  private static PlaceStore store;
  private static RedisClient client;
  private static RedisCommands<String, byte[]> redis;
  private static String url;

  private final String user = UUID.randomUUID().toString();
  private final PlaceKey key = key("client");

  @BeforeAll
  static void open() {
    SharedTestRedis.STANDALONE.start();
    url = SharedTestRedis.STANDALONE.url();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    history =
        new RedisHistory(
            network,
            RedisAddress.parse("test", url),
            new ChannelNames("app:", 0),
            ReliableOptions.defaults().withHistory(200, Duration.ofMinutes(10)));
    store = history.places();
    client = RedisClient.create(RedisURI.create(url));
    redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)).sync();
    await()
        .atMost(Replicas.SOON)
        .ignoreExceptions()
        .until(() -> done(history.end("nothing")).equals(Position.START));
  }

  @AfterAll
  static void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
    history.close();
    network.close();
  }

  private PlaceKey key(String id) {
    return PlaceKey.of("Test.Hub", user, id);
  }

  private String name() {
    return "app:shared-redis:backplane:resume:{" + key.owner() + "}";
  }

  private static <T> T done(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatIsWrittenIsFoundAndExpiresTwoRetentionsLater() throws Exception {
    Claim claim = done(store.claim(key));
    assertThat(claim.places()).isEmpty();
    assertThat(done(store.write(key, claim.number(), SOMETHING))).isTrue();

    String field = new String(redis.hget(name(), key.client()), StandardCharsets.ISO_8859_1);
    assertThat(field)
        .matches("(?s)" + claim.number() + " \\d{13} .{4}")
        .endsWith(new String(SOMETHING, StandardCharsets.ISO_8859_1));
    assertThat(redis.pttl(name())).isBetween(1_190_000L, 1_200_000L);
    assertThat(done(store.claim(key)).places()).isEqualTo(SOMETHING);
  }

  @Test
  void theLaterClaimWritesAlsoWhenRedisHasForgottenIt() throws Exception {
    Claim first = done(store.claim(key));
    Claim second = done(store.claim(key));
    assertThat(second.number()).isGreaterThan(first.number());
    assertThat(done(store.write(key, first.number(), SOMETHING))).isFalse();
    assertThat(done(store.write(key, second.number(), SOMETHING))).isTrue();

    // A server that lags and becomes master knows the first claim only, or none.
    redis.hset(name(), key.client(), (first.number() + " 1 ").getBytes(StandardCharsets.US_ASCII));
    assertThat(done(store.write(key, second.number(), SOMETHING))).isTrue();
    redis.del(name());
    assertThat(done(store.write(key, second.number(), SOMETHING))).isTrue();
    assertThat(done(store.write(key, first.number(), SOMETHING))).isFalse();
  }

  @Test
  void aUserHasABoundedNumberAndTheOldestGoes() throws Exception {
    done(store.write(key, done(store.claim(key)).number(), SOMETHING));
    byte[] old = redis.hget(name(), key.client());
    String aged =
        new String(old, StandardCharsets.ISO_8859_1).replaceFirst(" \\d{13} ", " 1000000000000 ");
    redis.hset(name(), key.client(), aged.getBytes(StandardCharsets.ISO_8859_1));
    for (int i = 0; i < PlaceStore.MOST; i++) {
      done(store.claim(key("another " + i)));
    }
    assertThat(redis.hlen(name())).isEqualTo(PlaceStore.MOST);
    assertThat(redis.hexists(name(), key.client())).isFalse();
  }

  @Test
  void whatIsOlderThanItsLifetimeCountsAsNothing() throws Exception {
    redis.hset(name(), key.client(), "5 1000000000000 x".getBytes(StandardCharsets.US_ASCII));
    Claim claim = done(store.claim(key));
    assertThat(claim.places()).isEmpty();
    assertThat(claim.number()).isGreaterThan(5);
  }

  @Test
  void whateverStandsInARecordTheClientIsServed() throws Exception {
    try (Replicas replicas = new Replicas()) {
      Replica replica = replicas.startReliable(url, ReliableOptions.defaults());
      List<ReliableGap> gaps = new CopyOnWriteArrayList<>();
      replica.lifetime().onGap(gaps::add);
      String id = UUID.randomUUID().toString();
      PlaceKey forged = PlaceKey.of(replicas.hub, null, id);
      String record = "shared-redis:backplane:resume:{" + forged.owner() + "}";
      // Text, a broken record, one of another version, and a place that never was.
      List<byte[]> contents =
          List.of(
              "who wrote this?".getBytes(StandardCharsets.US_ASCII),
              "7 9999999999999 \u00ff\u0000".getBytes(StandardCharsets.ISO_8859_1),
              "7 9999999999999 \u0093\u0002\u0090\u0080".getBytes(StandardCharsets.ISO_8859_1),
              record(new Position(Long.MAX_VALUE, Long.MAX_VALUE)));
      for (int i = 0; i < contents.size(); i++) {
        redis.hset(record, forged.client(), contents.get(i));
        TestConnection client =
            replica.connect(
                new TestConnection("client-" + i, null, Replicas.LINE, Map.of("resume", id)));
        String text = Integer.toString(i);
        done(
            replica
                .lifetime()
                .sendReliably(
                    new Recipients.All(Set.of()), Invocation.of(null, "n", List.of(text)), null));
        await().atMost(Replicas.SOON).until(() -> client.received().contains("n(" + text + ")"));
        client.lose();
      }
      assertThat(replica.count("malformed:resume")).isEqualTo(2);
      assertThat(gaps).isEmpty();
    }
  }

  private static byte[] record(Position place) {
    String head = "7 9999999999999 ";
    byte[] body = new Places(List.of(), Map.of("all", place)).encode();
    return (head + new String(body, StandardCharsets.ISO_8859_1))
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
