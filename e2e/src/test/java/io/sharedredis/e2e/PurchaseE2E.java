package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class PurchaseE2E {

  private static final String[] PAID_PATH = {
    "submitted", "awaitingvalidation", "stockconfirmed", "paid"
  };

  @Test
  void fullPurchaseShowsEachStatusInATabOnAnotherReplicaThanTheConsumer(
      Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      boolean crossed = false;
      long order = 0;
      for (int purchase = 0; purchase < 5 && !crossed; purchase++) {
        order = tab.buySomething();
        tab.awaitHub();
        tab.awaitStatuses(order, "paid");
        assertThat(tab.statusesOf(order))
            .containsSubsequence("awaitingvalidation", "stockconfirmed", "paid");
        tab.awaitRow(order, "paid");
        String hub = tab.hubReplica();
        crossed = consumers(tab, order).stream().anyMatch(replica -> !replica.equals(hub));
      }
      assertThat(crossed)
          .as("an event was consumed on one replica and shown on the other")
          .isTrue();

      tab.page().evaluate(ShopTab.SHIP, Math.toIntExact(order));
      tab.awaitStatuses(order, "shipped");
      tab.awaitRow(order, "shipped");
      assertThat(tab.failures()).isEmpty();
    }
  }

  @Test
  void everyStatusOfAPurchaseAppearsAsAToast(Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab watching = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      ShopTab buying = new ShopTab(visitor, farm.gateway());
      watching.open("/orders").awaitHub();
      watching.recordToasts();
      long order = buying.buySomething();
      watching.awaitStatuses(order, PAID_PATH);
      assertThat(watching.statusesOf(order)).containsExactly(PAID_PATH);
      watching.page().waitForCondition(() -> watching.toastsOf(order).size() >= 4);
      assertThat(watching.toastsOf(order)).containsExactly(PAID_PATH);
    }
  }

  @Test
  void twoTabsOnTwoReplicasGetEachMessageOnceAndBobNeverSeesAlices(Farm farm, Chromium chromium) {
    try (BrowserContext alice = chromium.visitor();
        BrowserContext bob = chromium.visitor()) {
      ShopTab first = new ShopTab(alice, farm.gateway()).open("/").signIn("alice");
      ShopTab second = new ShopTab(alice, farm.gateway()).open("/orders");
      ShopTab bobs = new ShopTab(bob, farm.gateway()).open("/").signIn("bob").open("/orders");
      first.open("/orders").untilHubIsOn("webspa-1");
      second.untilHubIsOn("webspa-2");
      bobs.awaitHub();
      ShopTab buying = new ShopTab(alice, farm.gateway());
      long order = buying.buySomething();
      first.awaitStatuses(order, "paid");
      second.awaitStatuses(order, "paid");
      assertThat(first.statusesOf(order)).containsExactly(PAID_PATH);
      assertThat(second.statusesOf(order)).containsExactly(PAID_PATH);
      long bobsOrder = new ShopTab(bob, farm.gateway()).buySomething();
      bobs.awaitStatuses(bobsOrder, "paid");
      assertThat(bobs.updates()).extracting(ShopTab.Update::orderId).containsOnly(bobsOrder);
      assertThat(first.updates()).extracting(ShopTab.Update::orderId).doesNotContain(bobsOrder);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<String> consumers(ShopTab tab, long order) {
    List<Map<String, Object>> history =
        (List<Map<String, Object>>) tab.json("/api/v1/orders/" + order + "/history");
    return history.stream().map(entry -> String.valueOf(entry.get("replica"))).toList();
  }
}
