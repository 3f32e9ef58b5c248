package io.sharedredis.webspa.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.SharedShop;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page's own files come from a stand-in in the test resources. */
class PageIT {

  private final Client anybody = SharedShop.client(null);

  @Test
  void eachAddressOfThePageIsAnsweredWithThePageItself() {
    for (String path : List.of("/", "/catalog", "/basket", "/checkout", "/orders", "/orders/7")) {
      Client.Answer answer = anybody.send("GET", path, null, "Accept", "text/html");
      assertThat(answer.status()).as(path).isEqualTo(200);
      assertThat(answer.header("Content-Type")).startsWith("text/html");
      assertThat(answer.body()).contains("<div id=\"app\">");
      assertThat(answer.header("Cache-Control")).contains("no-cache");
      assertThat(answer.header("X-Replica")).isEqualTo("webspa-shared");
    }
  }

  @Test
  void policyAllowsNothingInlineAndNoForeignOrigin() {
    String policy = anybody.get("/").header("Content-Security-Policy");

    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*");
    assertThat(anybody.get("/").header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void configurationNamesTheHub() {
    assertThat(anybody.get("/Home/Configuration").json().path("hubUrl").asString())
        .isEqualTo("/hub/notificationhub");
  }

  @Test
  void unknownAddressesAreProblemsAndTellNothingInner() {
    for (String path : List.of("/assets/nothing.js", "/nothing.png")) {
      assertThat(anybody.get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(anybody.get("/api/v1/nothing").status()).isEqualTo(401);
    Client.Answer signedIn = SharedShop.as("alice").get("/api/v1/nothing");
    assertThat(signedIn.status()).isEqualTo(403);
    assertThat(signedIn.body()).doesNotContain("Exception", "io.sharedredis");
  }
}
