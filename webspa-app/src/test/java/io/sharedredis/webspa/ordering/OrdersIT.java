package io.sharedredis.webspa.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.SharedShop;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

class OrdersIT {

  private final Shopper alice = new Shopper(SharedShop.as("user-" + UUID.randomUUID()));
  private final Shopper bob = new Shopper(SharedShop.as("bob"));

  private static JdbcClient jdbc() {
    return SharedShop.replica().bean(JdbcClient.class);
  }

  private static int stock(int product) {
    return jdbc()
        .sql("select available_stock from shop.catalog_item where id = ?")
        .param(product)
        .query(Integer.class)
        .single();
  }

  private static void gracePeriodPasses() {
    SharedShop.CLOCK.advance(Duration.ofHours(1));
  }

  private void awaitTold(int order, String... statuses) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(alice.told(order)).containsExactly(statuses));
  }

  @Test
  void orderGoesItsWayFromSubmittedToShippedAndTheBuyerIsToldOfEachStatus() {
    int before = stock(1);
    int order = alice.order(1, 2);
    assertThat(alice.status(order)).isEqualTo("submitted");
    awaitTold(order, "submitted");
    assertThat(alice.client().get("/api/v1/basket").json().path("items")).isEmpty();

    gracePeriodPasses();
    alice.awaitStatus(order, "paid");
    assertThat(stock(1)).isEqualTo(before - 2);
    assertThat(alice.command("ship", order, Shopper.requestId()).status()).isEqualTo(200);

    awaitTold(order, "submitted", "awaitingvalidation", "stockconfirmed", "paid", "shipped");
    Client.Answer details = alice.client().get("/api/v1/orders/" + order);
    assertThat(details.json().path("total").asDouble()).isEqualTo(39.0);
    assertThat(details.json().path("zipcode").asString()).isEqualTo("98052");
    assertThat(details.json().path("orderitems").path(0).path("units").asInt()).isEqualTo(2);
    Client.Answer list = alice.client().get("/api/v1/orders");
    assertThat(list.json().path(0).path("ordernumber").asInt()).isEqualTo(order);
    assertThat(list.json().path(0).path("status").asString()).isEqualTo("shipped");
    assertThat(list.json().path(0).path("total").asDouble()).isEqualTo(39.0);
    assertThat(
            alice
                .client()
                .get("/api/v1/orders/" + order + "/history")
                .json()
                .path(0)
                .path("replica")
                .asString())
        .isEqualTo("webspa-shared");
  }

  /**
   * E8 of the original: it compared local time with UTC. The database here lives in Los Angeles.
   */
  @Test
  void gracePeriodIsAsLongAsItSaysWhateverTheTimeZoneOfTheDatabase() {
    int order = alice.order(1, 1);
    SharedShop.CLOCK.advance(Duration.ofMinutes(59));
    // An order whose time has come is taken within a tick; this one must still wait after
    // another's.
    int witness = bob.order(2, 1);
    jdbc().sql("update shop.orders set due_at = created_at where id = ?").param(witness).update();
    bob.awaitStatus(witness, "paid");
    assertThat(alice.status(order)).isEqualTo("submitted");

    SharedShop.CLOCK.advance(Duration.ofMinutes(1));
    alice.awaitStatus(order, "paid");
  }

  /** E7 of the original: this cancellation was never announced. */
  @Test
  void rejectionForLackOfStockCancelsTheOrderAndTellsTheBuyer() {
    int order = alice.order(11, 4);
    gracePeriodPasses();

    alice.awaitStatus(order, "cancelled");
    awaitTold(order, "submitted", "awaitingvalidation", "cancelled");
    assertThat(alice.client().get("/api/v1/orders/" + order).json().path("description").asString())
        .contains("product 11");
    assertThat(stock(11)).isEqualTo(3);
    int soldOut = alice.order(12, 1);
    gracePeriodPasses();
    alice.awaitStatus(soldOut, "cancelled");
  }

  @Test
  void cancelledOrderStaysCancelledAndGivesBackWhatItHadTaken() {
    int order = alice.order(5, 1);
    String requestId = Shopper.requestId();
    assertThat(alice.command("cancel", order, requestId).status()).isEqualTo(200);
    assertThat(alice.command("cancel", order, requestId).status()).isEqualTo(200);

    awaitTold(order, "submitted", "cancelled");
    Client.Answer again = alice.command("cancel", order, Shopper.requestId());
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.json().path("detail").asString()).contains("cancelled");
    assertThat(alice.command("ship", order, Shopper.requestId()).status()).isEqualTo(400);
    gracePeriodPasses();
    int witness = bob.order(2, 1);
    gracePeriodPasses();
    bob.awaitStatus(witness, "paid");
    assertThat(alice.status(order)).isEqualTo("cancelled");
  }

  @Test
  void guardsHoldForOrdersThatArePaidOrShippedOrNotYetPaid() {
    int order = alice.order(3, 1);
    assertThat(alice.command("ship", order, Shopper.requestId()).status()).isEqualTo(400);
    gracePeriodPasses();
    alice.awaitStatus(order, "paid");
    assertThat(alice.command("cancel", order, Shopper.requestId()).status()).isEqualTo(400);
    String requestId = Shopper.requestId();
    assertThat(alice.command("ship", order, requestId).status()).isEqualTo(200);
    assertThat(alice.command("ship", order, requestId).status()).isEqualTo(200);
    assertThat(alice.command("cancel", order, Shopper.requestId()).status()).isEqualTo(400);
  }

  /** E6 of the original: any signed-in user read, cancelled and shipped any order. */
  @Test
  void someoneElsesOrderLooksLikeOneThatIsNotThere() {
    int order = alice.order(4, 1);

    for (String path : List.of("/api/v1/orders/" + order, "/api/v1/orders/" + order + "/history")) {
      assertThat(bob.client().get(path).status()).isEqualTo(404);
    }
    assertThat(bob.command("cancel", order, Shopper.requestId()).status()).isEqualTo(404);
    assertThat(bob.command("ship", order, Shopper.requestId()).status()).isEqualTo(404);
    assertThat(alice.status(order)).isEqualTo("submitted");
    Client.Answer unknown = alice.client().get("/api/v1/orders/2000000000");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(unknown.json().path("detail").asString()).contains("2000000000");
    assertThat(alice.client().get("/api/v1/orders/99999999999").status()).isIn(400, 404);
    assertThat(alice.command("cancel", 2_000_000_000, Shopper.requestId()).status()).isEqualTo(404);
  }

  @Test
  void repeatedCheckoutGetsTheSameAnswerAndMakesOneOrder() throws Exception {
    alice.fill(6, 1);
    String requestId = Shopper.requestId();
    List<Callable<Client.Answer>> attempts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      attempts.add(() -> alice.checkout(requestId, Shopper.checkout()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(6);
    Set<Integer> numbers = new HashSet<>();
    try {
      for (var attempt : threads.invokeAll(attempts)) {
        assertThat(attempt.get().status()).as(attempt.get().body()).isEqualTo(202);
        numbers.add(attempt.get().json().path("orderNumber").asInt());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(alice.checkout(requestId, Shopper.checkout()).status()).isEqualTo(202);
    assertThat(numbers).hasSize(1);
    assertThat(alice.client().get("/api/v1/orders").json()).hasSize(1);
  }

  @Test
  void basketOrderedInTwoWindowsAtOnceBecomesOneOrder() throws Exception {
    alice.fill(6, 1);
    String[] requests = {Shopper.requestId(), Shopper.requestId()};
    ExecutorService threads = Executors.newFixedThreadPool(2);
    Set<Integer> numbers = new HashSet<>();
    try (Connection gate = SharedShop.replica().bean(DataSource.class).getConnection()) {
      // Nobody can insert an order until both have read the basket and try to.
      gate.setAutoCommit(false);
      gate.createStatement().execute("lock table shop.orders in share mode");
      List<Future<Client.Answer>> answers = new ArrayList<>();
      for (String request : requests) {
        answers.add(threads.submit(() -> alice.checkout(request, Shopper.checkout())));
      }
      Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> waitingToInsert() == 2);
      gate.rollback();
      gate.setAutoCommit(true);
      for (Future<Client.Answer> answer : answers) {
        assertThat(answer.get().status()).as(answer.get().body()).isEqualTo(202);
        numbers.add(answer.get().json().path("orderNumber").asInt());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(numbers).hasSize(1);
    assertThat(alice.client().get("/api/v1/orders").json()).hasSize(1);
    int order = numbers.iterator().next();
    awaitTold(order, "submitted");
    for (String request : requests) {
      Client.Answer again = alice.checkout(request, Shopper.checkout());
      assertThat(again.json().path("orderNumber").asInt()).isEqualTo(order);
    }
    assertThat(alice.order(6, 1)).isNotEqualTo(order);
  }

  private static int waitingToInsert() {
    return jdbc()
        .sql(
            """
            select count(*) from pg_locks
            where relation = 'shop.orders'::regclass and not granted
            """)
        .query(Integer.class)
        .single();
  }

  @Test
  void checkoutNeedsABasketARequestIdAndAReadableBody() {
    Client.Answer empty = alice.checkout(Shopper.requestId(), Shopper.checkout());
    assertThat(empty.status()).isEqualTo(400);
    assertThat(empty.field()).isEqualTo("basket");
    alice.fill(1, 1);
    assertThat(alice.checkout("no-guid", Shopper.checkout()).field()).isEqualTo("x-requestid");
    assertThat(
            alice.client().post("/api/v1/basket/checkout", Shopper.checkout().toString()).field())
        .isEqualTo("x-requestid");
    assertThat(
            alice
                .client()
                .post("/api/v1/basket/checkout", "{", "x-requestid", Shopper.requestId())
                .status())
        .isEqualTo(400);
    int order = alice.order(1, 1);
    String used = Shopper.requestId();
    alice.command("cancel", order, used);
    assertThat(alice.checkout(used, Shopper.checkout()).field()).isEqualTo("x-requestid");
  }

  @Test
  void eachFieldOfTheCheckoutIsCheckedAndNamed() {
    alice.fill(1, 1);
    record Bad(String field, String value) {}
    for (Bad bad :
        List.of(
            new Bad("street", ""),
            new Bad("city", " "),
            new Bad("state", "x".repeat(200)),
            new Bad("country", "a\u0000b"),
            new Bad("zipCode", ""),
            new Bad("cardHolderName", ""),
            new Bad("cardNumber", "1234"),
            new Bad("cardNumber", "4012888888881881x"),
            new Bad("cardSecurityNumber", "12"),
            new Bad("cardExpiration", "13/40"),
            new Bad("cardExpiration", "01/20"))) {
      Client.Answer answer =
          alice.checkout(Shopper.requestId(), Shopper.checkout().put(bad.field(), bad.value()));
      assertThat(answer.status()).as(bad.toString()).isEqualTo(400);
      assertThat(answer.field()).as(bad.toString()).isEqualTo(bad.field());
      assertThat(answer.body()).doesNotContain("4012888888881881");
    }
    ObjectNode type = Shopper.checkout().put("cardTypeId", 9);
    assertThat(alice.checkout(Shopper.requestId(), type).field()).isEqualTo("cardTypeId");
  }

  /** E12 of the original: card number and code travelled through events and logs. */
  @Test
  void nothingButTheLastFourDigitsOfACardIsKept() {
    alice.order(1, 1);
    for (String table : List.of("orders", "order_item", "order_request", "outbox")) {
      List<String> rows =
          jdbc().sql("select t::text from shop." + table + " t").query(String.class).list();
      assertThat(rows).noneMatch(row -> row.contains("4012888888881881"));
    }
    assertThat(new Checkout(null, null, null, null, null, "4012888888881881", null, null, "123", 1))
        .asString()
        .doesNotContain("4012", "123");
  }

  @Test
  void draftAndCardTypesAreWhatTheOriginalOffers() {
    alice.fill(2, 2);
    Client.Answer draft = alice.client().post("/api/v1/orders/draft", "{}");
    assertThat(draft.json().path("total").asDouble()).isEqualTo(17.0);
    assertThat(draft.json().path("orderitems")).hasSize(1);
    assertThat(alice.client().get("/api/v1/orders/cardtypes").json()).hasSize(3);
    assertThat(SharedShop.client(null).get("/api/v1/orders").status()).isEqualTo(401);
    Client basketOnly = SharedShop.client(SharedShop.IDENTITY.bearer("alice", "basket"));
    assertThat(basketOnly.get("/api/v1/orders").status()).isEqualTo(403);
  }

  /** E11 of the original: the page and the server both emptied the basket, in no order. */
  @Test
  void basketChangedAfterTheOrderIsLeftAlone() {
    int order = alice.order(7, 1);
    alice.fill(8, 1);
    awaitTold(order, "submitted");

    assertThat(alice.client().get("/api/v1/basket").json().path("items")).hasSize(1);
  }

  @Test
  void lastPiecesAreSoldOnceHoweverManyWantThem() {
    jdbc().sql("update shop.catalog_item set available_stock = 2 where id = 13").update();
    List<Integer> orders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      orders.add(alice.order(13, 1));
    }
    gracePeriodPasses();
    List<String> ends = new ArrayList<>();
    for (int order : orders) {
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> Set.of("paid", "cancelled").contains(alice.status(order)));
      ends.add(alice.status(order));
    }
    assertThat(ends).containsExactlyInAnyOrder("paid", "paid", "cancelled", "cancelled");
    assertThat(stock(13)).isZero();
  }
}
