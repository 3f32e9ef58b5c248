package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class SessionsE2E {

  @Test
  void aliceEndsHerOtherSessionAndThatBrowserIsSignedOutAndLeavesTheHubByItself(
      Farm farm, Chromium chromium) {
    try (BrowserContext home = chromium.visitor();
        BrowserContext library = chromium.visitor()) {
      ShopTab here = new ShopTab(home, farm.gateway()).open("/").signIn("alice");
      ShopTab there = new ShopTab(library, farm.gateway()).open("/").signIn("alice");
      for (int i = 0; i < 10 && replica(there).equals(replica(here)); i++) {
        there.signOut();
        if (i % 2 == 0) {
          // Replicas take turns: an even number of requests would lead to the same one for ever.
          assertThat(status(there, "/api/v1/me")).isPositive();
        }
        there.signIn("alice");
      }
      assertThat(replica(there)).isNotEqualTo(replica(here));
      there.open("/orders").awaitHub();
      String id = String.valueOf(current(there).get("id"));

      here.open("/sessions");
      Locator mine = row(here, String.valueOf(current(here).get("id")));
      Locator theirs = row(here, id);
      mine.waitFor();
      assertThat(mine.getAttribute("data-current")).isEqualTo("true");
      assertThat(mine.getByTestId("session-end").count()).isZero();
      assertThat(theirs.textContent()).contains("Chrome on Linux", replica(there));
      long begun = System.nanoTime();
      theirs.getByTestId("session-end").click();
      // Nobody touches that browser: the end of its hub connection tells it.
      there.testId("login").first().waitFor();
      System.out.println(
          "From the click to the other browser's signed-out page: "
              + Duration.ofNanos(System.nanoTime() - begun).toMillis()
              + " ms");
      assertThat(status(there, "/api/v1/orders")).isEqualTo(401);
      assertThat(there.json("/api/v1/me").toString()).doesNotContain("alice");
      theirs.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
      here.awaitSignedIn();
      here.awaitHub();

      // What other tests left of alice's sessions.
      if (here.testId("sessions-end-others").count() > 0) {
        here.testId("sessions-end-others").click();
      }
      here.page().waitForCondition(() -> here.testId("session").count() == 1);
      here.page().navigate(farm.gateway() + "/identity/sessions");
      assertThat(here.page().locator("li[data-current=true]").textContent())
          .contains("Chrome on Linux", "identity-");
      assertThat(here.failures()).isEmpty();
      assertThat(there.failures()).isEmpty();
    }
  }

  private static Locator row(ShopTab tab, String id) {
    return tab.page().locator("[data-testid=session][data-session-id='" + id + "']");
  }

  private static String replica(ShopTab tab) {
    return String.valueOf(current(tab).get("replica"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> current(ShopTab tab) {
    Map<String, Object> answer = (Map<String, Object>) tab.json("/api/v1/sessions");
    return ((List<Map<String, Object>>) answer.get("sessions"))
        .stream()
            .filter(session -> Boolean.TRUE.equals(session.get("current")))
            .findFirst()
            .orElseThrow();
  }

  private static int status(ShopTab tab, String path) {
    return ((Number) tab.page().evaluate("async path => (await fetch(path)).status", path))
        .intValue();
  }
}
