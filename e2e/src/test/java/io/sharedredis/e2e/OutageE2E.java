package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class OutageE2E {

  /** How often the user buys while one replica restarts; the shop's stock is not endless. */
  private static final int PURCHASES_EACH = 3;

  @Test
  void killedReplicaInTheMiddleOfAnOrderIsNotNoticedAtTheBrowser(Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      long order = tab.buySomething();
      tab.open("/catalog").addToBasket(1).addToBasket(2);
      Object kept = tab.json("/api/v1/basket");
      tab.open("/orders").awaitHub();
      String victim = tab.hubReplica();
      try {
        assertThat(tab.json("/api/v1/orders/" + order).toString())
            .as("the order is still on its way")
            .doesNotContain("status=paid");
        farm.killDashNine(victim);
        tab.page().waitForCondition(() -> !tab.hubReplica().equals(victim));
        tab.awaitHub();
        assertThat(tab.hubReplica()).isNotEqualTo(victim);
        tab.awaitStatuses(order, "paid");
        tab.awaitRow(order, "paid");
        tab.open("/orders").awaitRow(order, "paid");
        tab.awaitSignedIn();
        assertThat(tab.json("/api/v1/basket")).isEqualTo(kept);
        long next = tab.checkOut();
        tab.awaitHub();
        tab.awaitStatuses(next, "paid");
        tab.awaitRow(next, "paid");
        assertThat(tab.failures()).isEmpty();
      } finally {
        farm.restart(victim);
      }
    }
  }

  @Test
  void restartOfAllReplicasOneAfterAnotherLosesNoLoginAndShowsNoErrorPage(
      Farm farm, Chromium chromium) throws InterruptedException {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/").signIn("bob");
      List<Long> orders = new ArrayList<>();
      for (String name : List.of("webspa-1", "webspa-2", "identity-1", "identity-2")) {
        Thread restart = new Thread(() -> farm.restart(name), "restart-" + name);
        restart.start();
        try {
          for (int visit = 0; restart.isAlive(); visit++) {
            if (visit < PURCHASES_EACH) {
              orders.add(tab.buySomething());
            }
            tab.open("/catalog").testId("add-to-basket").first().waitFor();
            tab.awaitSignedIn();
          }
        } finally {
          restart.join();
        }
        assertThat(farm.isReady(farm.replica(name))).isTrue();
      }
      tab.open("/orders").awaitHub();
      assertThat(orders).hasSizeGreaterThanOrEqualTo(4).doesNotHaveDuplicates();
      for (long order : orders) {
        tab.awaitRow(order, "paid");
      }
      tab.awaitSignedIn();
      assertThat(tab.failures()).isEmpty();
    }
  }
}
