package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class OutageE2E {

  @Test
  void killedReplicaInTheMiddleOfAnOrderIsNotNoticedAtTheBrowser(Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      long order = tab.buySomething();
      tab.open("/catalog").addToBasket(1);
      int basket = tab.basketCount();
      tab.open("/orders").awaitHub();
      String victim = tab.hubReplica();
      try {
        farm.killDashNine(victim);
        tab.page().waitForCondition(() -> !tab.hubReplica().equals(victim));
        tab.awaitHub();
        assertThat(tab.hubReplica()).isNotEqualTo(victim);
        tab.awaitRow(order, "paid");
        tab.open("/orders").awaitRow(order, "paid");
        tab.awaitSignedIn();
        assertThat(tab.basketCount()).isEqualTo(basket);
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
      for (String name : List.of("webspa-1", "webspa-2", "identity-1", "identity-2")) {
        Thread restart = new Thread(() -> farm.restart(name), "restart-" + name);
        restart.start();
        try {
          while (restart.isAlive()) {
            tab.open("/catalog");
            tab.testId("add-to-basket").first().waitFor();
            tab.awaitSignedIn();
            tab.open("/orders");
            tab.page().waitForTimeout(200);
          }
        } finally {
          restart.join();
        }
        assertThat(farm.isReady(farm.replica(name))).isTrue();
      }
      long order = tab.buySomething();
      tab.awaitHub();
      tab.awaitRow(order, "paid");
      tab.awaitSignedIn();
      assertThat(tab.failures()).isEmpty();
    }
  }
}
