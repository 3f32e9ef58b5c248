package io.sharedredis.webspa.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.Databases;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.StubIdentity;
import io.sharedredis.webspa.ordering.Shopper;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two replicas, and a Redis of baskets and events that is killed under them. */
class EventsIT {

  private static final List<String> PAID =
      List.of("submitted", "awaitingvalidation", "stockconfirmed", "paid");

  private static final StubIdentity identity = new StubIdentity();
  private static final RedisServer shopRedis = RedisServer.startOwn();
  private static final RedisServer farmRedis = RedisServer.startOwn();
  private static Replica one;
  private static Replica two;

  private final Shopper alice = new Shopper(one.as(identity.bearer("user-" + UUID.randomUUID())));

  @BeforeAll
  static void start() {
    Replica.Settings settings =
        new Replica.Settings(Databases.create(), farmRedis.url(), identity)
            .set("BASKET_REDIS_URL", shopRedis.url())
            .set("ORDER_GRACE_PERIOD", "0s");
    one = settings.start("webspa-1");
    two = settings.start("webspa-2");
    one.awaitReady();
    two.awaitReady();
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    shopRedis.close();
    farmRedis.close();
    identity.close();
  }

  private static JdbcClient jdbc() {
    return one.bean(JdbcClient.class);
  }

  private static <T> T redis(Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(shopRedis.uri());
    try (var connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  private void awaitTold(int order) {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .pollInterval(100, TimeUnit.MILLISECONDS)
        .untilAsserted(() -> assertThat(alice.told(order)).isEqualTo(PAID));
  }

  private static long open() {
    return jdbc()
        .sql("select count(*) from shop.outbox where processed_at is null")
        .query(Long.class)
        .single();
  }

  @Test
  void eachEventIsProcessedByOneReplicaAndAcknowledged() {
    int order = alice.order(1, 1);
    awaitTold(order);

    List<String> processedBy =
        jdbc()
            .sql("select processed_by from shop.outbox where order_id = ? order by id")
            .param(order)
            .query(String.class)
            .list();
    assertThat(processedBy).hasSize(4).isSubsetOf("webspa-1", "webspa-2");
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () -> {
              long pending =
                  redis(commands -> commands.xpending(EventStream.KEY, EventStream.GROUP))
                      .getCount();
              return pending == 0;
            });
  }

  @Test
  void eventADeadReplicaLeftIsFinishedByAnotherWithinSeconds() {
    // A third consumer takes the entry first and dies: its group membership is all that is left.
    long outboxId =
        jdbc()
            .sql(
                """
                insert into shop.outbox (order_id, payload, created_at, sent_at)
                values (:order, :payload, now(), now()) returning id
                """)
            .param("order", alice.order(2, 1))
            .param(
                "payload",
                "{\"orderId\":1,\"status\":\"paid\",\"buyerId\":\"b\",\"buyerName\":\"b\"}")
            .query(Long.class)
            .single();
    String entry =
        redis(
            commands -> {
              commands.multi();
              commands.xadd(EventStream.KEY, "outbox", String.valueOf(outboxId));
              commands.xreadgroup(
                  Consumer.from(EventStream.GROUP, "webspa-dead"),
                  XReadArgs.StreamOffset.lastConsumed(EventStream.KEY));
              return commands.exec().get(0);
            });
    assertThat(entry).isNotNull();

    Awaitility.await()
        .atMost(15, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(
                        jdbc()
                            .sql("select processed_by from shop.outbox where id = ?")
                            .param(outboxId)
                            .query(String.class)
                            .optional())
                    .isPresent()
                    .get()
                    .asString()
                    .startsWith("webspa-"));
  }

  @Test
  void eventDeliveredTwiceIsDoneOnce() {
    int order = alice.order(3, 1);
    awaitTold(order);
    long first =
        jdbc()
            .sql("select min(id) from shop.outbox where order_id = ?")
            .param(order)
            .query(Long.class)
            .single();
    String before = historyOf(order);
    redis(commands -> commands.xadd(EventStream.KEY, "outbox", String.valueOf(first)));
    int witness = alice.order(4, 1);
    awaitTold(witness);

    assertThat(historyOf(order)).isEqualTo(before);
  }

  private String historyOf(int order) {
    return alice.client().get("/api/v1/orders/" + order + "/history").body();
  }

  @Test
  void killedRedisIsAnsweredWith503InTimeAndForgottenWhenItIsBack() {
    int order = alice.order(5, 1);
    awaitTold(order);
    shopRedis.kill();
    long begun = System.nanoTime();
    Client.Answer away = alice.client().get("/api/v1/basket");
    long millis = (System.nanoTime() - begun) / 1_000_000;
    assertThat(away.status()).isEqualTo(503);
    assertThat(away.header("Retry-After")).isEqualTo("2");
    assertThat(away.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(millis).isLessThan(2_000);
    assertThat(alice.client().get("/api/v1/orders").status()).isEqualTo(200);
    assertThat(one.as(null).get("/readiness").status()).isEqualTo(200);
    assertThat(one.as(null).get("/hc").status()).isEqualTo(503);

    // A status that is reached while nobody can be told is told later.
    assertThat(alice.command("ship", order, Shopper.requestId()).status()).isEqualTo(200);
    shopRedis.startAgainEmpty();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(alice.told(order)).endsWith("paid", "shipped"));
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> alice.client().get("/api/v1/basket").status() == 200);
    int next = alice.order(6, 1);
    awaitTold(next);
    assertThat(one.as(null).get("/hc").status()).isEqualTo(200);
  }

  @Test
  void lostStreamIsRebuiltAndWhatNobodyFinishedIsSentAgain() {
    for (int i = 0; i < 5; i++) {
      int order = alice.order(7, 1);
      redis(commands -> commands.del(EventStream.KEY));
      awaitTold(order);
    }
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> open() == 0);
    long group = redis(commands -> commands.xinfoGroups(EventStream.KEY).stream().count());
    assertThat(group).isEqualTo(1);
  }

  @Test
  void eventThatCannotBeProcessedIsSetAsideAndLaterOnesGoOn() {
    int order = alice.order(8, 1);
    awaitTold(order);
    long bad =
        jdbc()
            .sql(
                """
                insert into shop.outbox (order_id, payload, created_at, attempts)
                values (:order, 'nonsense', now(), :attempts) returning id
                """)
            .param("order", order)
            .param("attempts", EventProcessor.MAX_ATTEMPTS - 1)
            .query(Long.class)
            .single();
    assertThat(alice.command("ship", order, Shopper.requestId()).status()).isEqualTo(200);

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(alice.told(order)).endsWith("paid", "shipped"));
    boolean parked =
        jdbc()
            .sql("select parked_at is not null from shop.outbox where id = ?")
            .param(bad)
            .query(Boolean.class)
            .single();
    assertThat(parked).isTrue();
    jdbc().sql("delete from shop.outbox where id = ?").param(bad).update();
  }

  @Test
  void consumersThatLeftAreForgottenUnlessTheyOweSomething() {
    String owed =
        redis(
            commands -> {
              commands.xgroupCreateconsumer(
                  EventStream.KEY, Consumer.from(EventStream.GROUP, "webspa-gone"));
              commands.multi();
              commands.xadd(EventStream.KEY, "outbox", "0");
              commands.xreadgroup(
                  Consumer.from(EventStream.GROUP, "webspa-owes"),
                  XReadArgs.StreamOffset.lastConsumed(EventStream.KEY));
              return commands.exec().get(0);
            });
    one.bean(EventStream.class).forgetConsumers(Duration.ZERO);

    List<String> left =
        redis(
            commands ->
                commands.xinfoConsumers(EventStream.KEY, EventStream.GROUP).stream()
                    .map(String::valueOf)
                    .toList());
    assertThat(owed).isNotNull();
    assertThat(left).noneMatch(consumer -> consumer.contains("webspa-gone"));
    assertThat(left).anyMatch(consumer -> consumer.contains("webspa-owes"));
  }
}
