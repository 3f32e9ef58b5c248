package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class LoginE2E {

  @Test
  void loginFormRenderedOnOneReplicaIsAcceptedOnAnother(Farm farm, Chromium chromium) {
    boolean crossed = false;
    for (int attempt = 0; attempt < 10 && !crossed; attempt++) {
      try (BrowserContext visitor = chromium.visitor()) {
        ShopTab tab = new ShopTab(visitor, farm.gateway());
        Response form = tab.page().navigate(farm.gateway() + "/login");
        letTheNextGoElsewhere(farm, form.headerValue("x-replica"));
        Response posted = tab.submitLogin("alice", "Pass123$");
        tab.testId("user-name").waitFor();
        assertThat(posted.status()).isLessThan(400);
        crossed = !form.headerValue("x-replica").equals(posted.headerValue("x-replica"));
        assertThat(tab.failures()).isEmpty();
      }
    }
    assertThat(crossed).as("a form was rendered on one replica and posted to the other").isTrue();
  }

  @Test
  void loginFormIsRefusedByAReplicaWithAnotherRing(Chromium chromium) {
    try (Farm farm = Farm.start("--env", "identity-2:IsClusterEnv=false")) {
      boolean refused = false;
      for (int attempt = 0; attempt < 10 && !refused; attempt++) {
        try (BrowserContext visitor = chromium.visitor()) {
          ShopTab tab = new ShopTab(visitor, farm.gateway());
          Response form = tab.page().navigate(farm.gateway() + "/login");
          letTheNextGoElsewhere(farm, form.headerValue("x-replica"));
          Response posted = tab.submitLogin("alice", "Pass123$");
          if (!form.headerValue("x-replica").equals(posted.headerValue("x-replica"))) {
            assertThat(posted.status()).isIn(400, 403);
            assertThat(tab.isSignedIn()).isFalse();
            refused = true;
          }
        }
      }
      assertThat(refused).as("a form crossed from one ring to the other").isTrue();
    }
  }

  @Test
  void signedInUserIsKnownOnEveryReplicaAndSignsOutOnAll(Farm farm, Chromium chromium) {
    try (BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway());
      tab.open("/").signIn("bob");
      for (int i = 0; i < 4; i++) {
        assertThat(tab.json("/api/v1/me").toString()).contains("bob");
      }
      tab.signOut();
      for (int i = 0; i < 4; i++) {
        assertThat(tab.json("/api/v1/me").toString()).doesNotContain("bob");
      }
      // The provider forgot bob as well: signing in asks for the password again.
      tab.page().navigate(farm.gateway() + "/login");
      assertThat(tab.page().locator("input[name=password]").isVisible()).isTrue();
      assertThat(tab.failures()).isEmpty();
    }
  }

  /**
   * Takes the turns of the round-robin until the replica that rendered the form has just had one.
   */
  private static void letTheNextGoElsewhere(Farm farm, String replica) {
    String url = farm.gateway() + "/identity/.well-known/openid-configuration";
    Farm.await(
        Duration.ofSeconds(10),
        "a turn of " + replica,
        () -> farm.get(url).headers().firstValue("X-Replica").orElse("").equals(replica));
  }
}
