package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class PurchaseE2E {

  private static final List<String> PAID_PATH =
      List.of("submitted", "awaitingvalidation", "stockconfirmed", "paid");
  private static final List<String> SHIPPED_PATH =
      List.of("submitted", "awaitingvalidation", "stockconfirmed", "paid", "shipped");

  @Test
  void fullPurchaseShowsEachStatusAsAToastInATabOnAnotherReplicaThanTheConsumer(
      Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab watching = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      ShopTab buying = new ShopTab(visitor, farm.gateway());
      watching.open("/orders").awaitHub();
      watching.recordToasts();
      Set<String> crossed = new HashSet<>();
      for (int purchase = 0; purchase < 8 && !crossed.containsAll(PAID_PATH); purchase++) {
        long order = buying.buySomething();
        watching.awaitToasts(order, PAID_PATH);
        assertThat(watching.statusesOf(order)).containsExactlyElementsOf(PAID_PATH);
        watching.awaitRow(order, "paid");

        watching.page().evaluate(ShopTab.SHIP, Math.toIntExact(order));
        watching.awaitToasts(order, SHIPPED_PATH);
        watching.awaitRow(order, "shipped");
        consumers(watching, order).entrySet().stream()
            .filter(entry -> !entry.getValue().equals(watching.hubReplica()))
            .forEach(entry -> crossed.add(entry.getKey()));
      }
      assertThat(crossed)
          .as("statuses consumed on one replica and shown by the other")
          .containsAll(PAID_PATH);
      assertThat(watching.failures()).isEmpty();
      assertThat(buying.failures()).isEmpty();
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
      long bobsOrder = new ShopTab(bob, farm.gateway()).buySomething();
      bobs.awaitStatuses(bobsOrder, "paid");
      // Long after the last message to alice: what came twice would have come by now.
      assertThat(first.statusesOf(order)).containsExactlyElementsOf(PAID_PATH);
      assertThat(second.statusesOf(order)).containsExactlyElementsOf(PAID_PATH);
      assertThat(bobs.updates()).extracting(ShopTab.Update::orderId).containsOnly(bobsOrder);
      assertThat(first.updates()).extracting(ShopTab.Update::orderId).doesNotContain(bobsOrder);
    }
  }

  /** Which replica consumed the event of each status. */
  @SuppressWarnings("unchecked")
  private static Map<String, String> consumers(ShopTab tab, long order) {
    List<Map<String, Object>> history =
        (List<Map<String, Object>>) tab.json("/api/v1/orders/" + order + "/history");
    return history.stream()
        .collect(
            Collectors.toMap(
                entry -> String.valueOf(entry.get("status")),
                entry -> String.valueOf(entry.get("replica")),
                (first, again) -> again));
  }
}
