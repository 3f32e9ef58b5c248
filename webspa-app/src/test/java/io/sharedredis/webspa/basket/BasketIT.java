package io.sharedredis.webspa.basket;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.SharedShop;
import io.sharedredis.webspa.farm.StubIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class BasketIT {

  private final String user = "user-" + UUID.randomUUID();
  private final Client alice = SharedShop.as(user);

  private static String item(int product, long quantity) {
    return "{\"id\":\"%s\",\"productId\":%d,\"quantity\":%d,\"unitPrice\":0.01,\"productName\":\"mine\"}"
        .formatted(UUID.randomUUID(), product, quantity);
  }

  private static String basket(String... items) {
    return "{\"buyerId\":\"somebody-else\",\"items\":[" + String.join(",", items) + "]}";
  }

  private static <T> T redis(Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(SharedShop.REDIS.uri());
    try (var connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  @Test
  void basketIsEmptyThenWhatWasPostedThenEmptyAgain() {
    Client.Answer none = alice.get("/api/v1/basket");
    assertThat(none.json().path("buyerId").asString()).isEqualTo(StubIdentity.subjectOf(user));
    assertThat(none.json().path("items")).isEmpty();

    assertThat(alice.post("/api/v1/basket", basket(item(2, 3))).status()).isEqualTo(200);
    Client.Answer stored = alice.get("/api/v1/basket/" + StubIdentity.subjectOf(user));
    assertThat(stored.json().path("items").path(0).path("quantity").asInt()).isEqualTo(3);

    assertThat(alice.delete("/api/v1/basket/" + StubIdentity.subjectOf(user)).status())
        .isEqualTo(200);
    assertThat(alice.get("/api/v1/basket").json().path("items")).isEmpty();
  }

  @Test
  void postedBuyerIdIsReplacedByTheCallers() {
    Client.Answer answer = alice.post("/api/v1/basket", basket(item(1, 1)));

    assertThat(answer.json().path("buyerId").asString()).isEqualTo(StubIdentity.subjectOf(user));
    assertThat(SharedShop.as("somebody-else").get("/api/v1/basket").json().path("items")).isEmpty();
  }

  @Test
  void nameAndPriceAreTheCataloguesWhateverTheClientSends() {
    Client.Answer answer = alice.post("/api/v1/basket", basket(item(2, 1)));

    assertThat(answer.json().path("items").path(0).path("unitPrice").asDouble()).isEqualTo(8.5);
    assertThat(answer.json().path("items").path(0).path("productName").asString())
        .isEqualTo("Tide Mug");
  }

  @Test
  void someoneElsesBasketIsNeitherShownNorDeleted() {
    alice.post("/api/v1/basket", basket(item(1, 1)));
    Client bob = SharedShop.as("bob");

    assertThat(bob.get("/api/v1/basket/" + StubIdentity.subjectOf(user)).status()).isEqualTo(403);
    assertThat(bob.delete("/api/v1/basket/" + StubIdentity.subjectOf(user)).status())
        .isEqualTo(403);
    assertThat(alice.get("/api/v1/basket").json().path("items")).hasSize(1);
  }

  @Test
  void impossibleQuantitiesAreRefusedByName() {
    for (String quantity : List.of("0", "-1", "1001", "1000000000", "99999999999", "\"many\"")) {
      Client.Answer answer =
          alice.post("/api/v1/basket", basket("{\"productId\":1,\"quantity\":" + quantity + "}"));
      assertThat(answer.status()).as(quantity).isEqualTo(400);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.field()).as(quantity).isEqualTo("items[0].quantity");
    }
    assertThat(alice.post("/api/v1/basket", basket(item(1, 1000))).status()).isEqualTo(200);
  }

  @Test
  void unknownProductsRepeatedProductsAndNonsenseAreRefused() {
    assertThat(alice.post("/api/v1/basket", basket(item(99, 1))).field())
        .isEqualTo("items[0].productId");
    assertThat(alice.post("/api/v1/basket", basket(item(1, 1), item(1, 1))).field())
        .isEqualTo("items[1].productId");
    assertThat(alice.post("/api/v1/basket", "{}").field()).isEqualTo("items");
    assertThat(alice.post("/api/v1/basket", basket("null")).field()).isEqualTo("items[0]");
    assertThat(alice.post("/api/v1/basket", "not json").status()).isEqualTo(400);
  }

  @Test
  void bodyThatNoHonestClientSendsIsRefusedUnread() {
    String huge = basket("{\"productId\":1,\"quantity\":1,\"id\":\"" + "x".repeat(70_000) + "\"}");

    Client.Answer answer = alice.post("/api/v1/basket", huge);
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void basketIsLeftOnlyToItsScope() {
    assertThat(SharedShop.client(null).get("/api/v1/basket").status()).isEqualTo(401);
    Client ordersOnly = SharedShop.client(SharedShop.IDENTITY.bearer(user, "openid orders"));
    Client.Answer refused = ordersOnly.get("/api/v1/basket");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void changeOnAStaleVersionIsRefusedSoThatNoUpdateIsLost() throws Exception {
    String version =
        alice.post("/api/v1/basket", basket(item(1, 1))).json().path("version").asString();
    List<Callable<Integer>> changes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String body = "{\"version\":\"%s\",\"items\":[%s]}".formatted(version, item(1, i + 1));
      changes.add(() -> alice.post("/api/v1/basket", body).status());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Integer> answers = new ArrayList<>();
    try {
      for (var answer : threads.invokeAll(changes)) {
        answers.add(answer.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(answers).containsOnlyOnce(200);
    assertThat(answers).filteredOn(status -> status == 409).hasSize(7);
  }

  @Test
  void basketLiesUnderItsKeyForThirtyDays() {
    alice.post("/api/v1/basket", basket(item(1, 1)));
    String key = "shared-redis:shop:basket:{" + StubIdentity.subjectOf(user) + "}";

    long seconds = redis(commands -> commands.ttl(key));
    String stored = redis(commands -> commands.get(key));
    assertThat(seconds).isBetween(29 * 86_400L, 30 * 86_400L);
    assertThat(stored).startsWith("{\"buyerId\":");
  }

  @Test
  void priceChangeIsShownInBasketsWithoutASweepOverAllKeys() {
    alice.post("/api/v1/basket", basket(item(14, 1)));
    JdbcClient jdbc = SharedShop.replica().bean(JdbcClient.class);
    jdbc.sql("update shop.catalog_item set price = 11 where id = 14").update();
    try {
      Client.Answer answer = alice.get("/api/v1/basket");
      assertThat(answer.json().path("items").path(0).path("unitPrice").asDouble()).isEqualTo(11);
      assertThat(answer.json().path("items").path(0).path("oldUnitPrice").asDouble()).isEqualTo(10);
    } finally {
      jdbc.sql("update shop.catalog_item set price = 10 where id = 14").update();
    }
  }
}
