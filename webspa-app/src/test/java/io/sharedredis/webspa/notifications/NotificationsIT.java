package io.sharedredis.webspa.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.testkit.RedisServer;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.Databases;
import io.sharedredis.webspa.farm.HubListener;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.StubIdentity;
import io.sharedredis.webspa.ordering.Shopper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas of the shop, one backplane between them. */
class NotificationsIT {

  private static final StubIdentity identity = new StubIdentity();
  private static final RedisServer redis = RedisServer.startOwn();
  private static Replica one;
  private static Replica two;

  @BeforeAll
  static void start() {
    Replica.Settings settings =
        new Replica.Settings(Databases.create(), redis.url(), identity)
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
    redis.close();
    identity.close();
  }

  private static String consumer(Shopper shopper, int order, int position) {
    return shopper
        .client()
        .get("/api/v1/orders/" + order + "/history")
        .json()
        .path(position)
        .path("replica")
        .asString();
  }

  @Test
  void statusConsumedOnOneReplicaReachesItsBuyerOnTheOtherOnceAndNobodyElse() {
    Shopper alice = new Shopper(one.as(identity.bearer("alice")));
    try (HubListener onOne = new HubListener(one.url(), identity.bearer("alice")).connect();
        HubListener onTwo = new HubListener(two.url(), identity.bearer("alice")).connect();
        HubListener bob = new HubListener(two.url(), identity.bearer("bob")).connect()) {
      assertThat(onOne.replica()).isEqualTo("webspa-1");
      assertThat(onTwo.replica()).isEqualTo("webspa-2");

      List<String> all = List.of("submitted", "awaitingvalidation", "stockconfirmed", "paid");
      Set<String> consumers = new HashSet<>();
      List<Integer> orders = new ArrayList<>();
      // Which replica takes an event is Redis' choice: order until each has taken some.
      while (consumers.size() < 2 && orders.size() < 20) {
        int order = alice.order(1, 1);
        orders.add(order);
        Awaitility.await()
            .atMost(20, TimeUnit.SECONDS)
            .untilAsserted(() -> assertThat(alice.told(order)).isEqualTo(all));
        for (int i = 0; i < all.size(); i++) {
          consumers.add(consumer(alice, order, i));
        }
      }
      assertThat(consumers).containsExactlyInAnyOrder("webspa-1", "webspa-2");
      for (int order : orders) {
        for (HubListener tab : List.of(onOne, onTwo)) {
          Awaitility.await()
              .atMost(10, TimeUnit.SECONDS)
              .untilAsserted(() -> assertThat(tab.told(order)).isEqualTo(all));
        }
      }
      int shipped = orders.get(0);
      alice.command("ship", shipped, Shopper.requestId());
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(onTwo.told(shipped)).endsWith("paid", "shipped"));
      assertThat(bob.toldNothing()).isTrue();
    }
  }

  /** E7 of the original, seen by a browser. */
  @Test
  void cancellationForLackOfStockIsPushedToo() {
    Shopper carol = new Shopper(two.as(identity.bearer("carol")));
    try (HubListener tab = new HubListener(one.url(), identity.bearer("carol")).connect()) {
      int order = carol.order(12, 1);
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(tab.told(order))
                      .containsExactly("submitted", "awaitingvalidation", "cancelled"));
    }
  }

  /** E5 of the original: its hub took any token of the issuer. */
  @Test
  void hubRefusesWhoeverLacksASignInOrTheScope() {
    Client nobody = one.as(null);
    assertThat(nobody.post("/hub/notificationhub/negotiate?negotiateVersion=1", "").status())
        .isEqualTo(401);
    Client noScope = one.as(identity.bearer("alice", "openid profile orders basket"));
    assertThat(noScope.post("/hub/notificationhub/negotiate?negotiateVersion=1", "").status())
        .isEqualTo(403);
    Client late = one.as(identity.expiredBearer("alice"));
    assertThat(late.post("/hub/notificationhub/negotiate?negotiateVersion=1", "").status())
        .isEqualTo(401);
    assertThatThrownBy(
            () -> new HubListener(one.url(), identity.bearer("alice", "orders")).connect())
        .isNotNull();
  }

  /** The hub answers in any letter case; so must the rule that asks for its scope. */
  @Test
  void noSpellingOfTheHubsPathGoesRoundItsScope() {
    Client nobody = one.as(null);
    Client noScope = one.as(identity.bearer("alice", "openid profile orders basket"));
    for (String path :
        List.of(
            "/hub/notificationhub",
            "/HUB/notificationhub",
            "/Hub/NotificationHub",
            "/hub/notificationhub/",
            "/HUB/NOTIFICATIONHUB/",
            "/hub/%6eotificationhub",
            "/hub/notificationhub/negotiate",
            "/HUB/notificationhub/negotiate",
            "/hub/notificationhub/NEGOTIATE/",
            "/HUB/other",
            "/Hub/")) {
      assertThat(nobody.get(path).status()).as("GET %s", path).isEqualTo(401);
      assertThat(nobody.post(path, "").status()).as("POST %s", path).isIn(401, 403);
      assertThat(noScope.get(path).status()).as("GET %s without scope", path).isEqualTo(403);
      assertThat(noScope.post(path, "").status()).as("POST %s without scope", path).isEqualTo(403);
    }
    assertThat(
            one.as(identity.bearer("alice"))
                .post("/HUB/NotificationHub/Negotiate/?negotiateVersion=1", "")
                .status())
        .isEqualTo(200);
  }

  @Test
  void tokenInTheQueryCountsOnHubPathsOnly() {
    String token = identity.bearer("alice");
    Client nobody = one.as(null);

    assertThat(
            nobody
                .post("/hub/notificationhub/negotiate?negotiateVersion=1&access_token=" + token, "")
                .status())
        .isEqualTo(200);
    assertThat(nobody.get("/api/v1/orders?access_token=" + token).status()).isEqualTo(401);
    assertThat(nobody.get("/api/v1/basket?access_token=" + token).status()).isEqualTo(401);
  }

  @Test
  void foreignPagesCannotUseTheHub() {
    Client alice = one.as(identity.bearer("alice"));

    assertThat(
            alice
                .post(
                    "/hub/notificationhub/negotiate?negotiateVersion=1",
                    "",
                    "Origin",
                    "https://evil.example")
                .status())
        .isEqualTo(403);
    assertThat(
            alice
                .post(
                    "/hub/notificationhub/negotiate?negotiateVersion=1",
                    "",
                    "Origin",
                    StubIdentity.PUBLIC_URL)
                .status())
        .isEqualTo(200);
  }
}
