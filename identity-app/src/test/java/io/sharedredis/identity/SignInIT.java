package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.identity.Farm.Replica;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The way of one person through one replica. */
class SignInIT {

  private final Replica replica = Farm.sharedReplica();

  @Test
  void discoveryNamesTheEndpointsBelowTheOnePublicUrl() {
    HttpResponse<String> discovery =
        Browser.raw(
            HttpRequest.newBuilder(
                URI.create(replica.root() + "/identity/.well-known/openid-configuration")));
    assertThat(discovery.statusCode()).isEqualTo(200);
    assertThat(ShopSide.json(discovery))
        .containsEntry("issuer", "http://localhost:8080/identity")
        .containsEntry("authorization_endpoint", "http://localhost:8080/identity/oauth2/authorize")
        .containsEntry("token_endpoint", "http://localhost:8080/identity/oauth2/token")
        .containsEntry("jwks_uri", "http://localhost:8080/identity/oauth2/jwks")
        .containsEntry("userinfo_endpoint", "http://localhost:8080/identity/userinfo")
        .containsEntry("end_session_endpoint", "http://localhost:8080/identity/connect/logout")
        .containsEntry("code_challenge_methods_supported", List.of("S256"));
  }

  @Test
  void signInWithCodeAndProofKeyGivesTokensThatSayWho() throws Exception {
    String code = ShopSide.code(new Browser(), replica, "alice");
    HttpResponse<String> answer = ShopSide.redeem(replica, code);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Map<String, Object> tokens = ShopSide.json(answer);

    Map<String, Object> access = ShopSide.verified(replica, tokens.get("access_token"));
    assertThat(access)
        .containsEntry("iss", "http://localhost:8080/identity")
        .containsEntry("unique_name", "alice")
        .containsEntry("preferred_username", "alice")
        .containsEntry("sub", "6c1f5f0e-52a5-4c7e-9d1c-0f6f3f0a11ce");
    assertThat((List<Object>) access.get("scope"))
        .containsExactlyInAnyOrder("openid", "profile", "orders", "basket", "orders.signalrhub");

    Map<String, Object> id = ShopSide.verified(replica, tokens.get("id_token"));
    assertThat(id)
        .containsEntry("unique_name", "alice")
        .containsEntry("nonce", "nonce-1")
        .containsEntry("name", "Alice")
        .containsEntry("last_name", "Smith")
        .containsEntry("email", "AliceSmith@email.com")
        .containsKey("auth_time");
    assertThat(access.keySet()).noneMatch(SignInIT::belongsIntoUserinfo);
    assertThat(id.keySet()).noneMatch(SignInIT::belongsIntoUserinfo);
  }

  private static boolean belongsIntoUserinfo(String claim) {
    return claim.startsWith("card") || claim.startsWith("address");
  }

  @Test
  void userinfoGivesAddressAndCardForTheCheckoutFormButNoSecurityCode() {
    String code = ShopSide.code(new Browser(), replica, "bob");
    Map<String, Object> tokens = ShopSide.json(ShopSide.redeem(replica, code));
    HttpResponse<String> info = ShopSide.userinfo(replica, (String) tokens.get("access_token"));
    assertThat(info.statusCode()).as(info.headers() + info.body()).isEqualTo(200);
    assertThat(ShopSide.json(info))
        .containsEntry("unique_name", "bob")
        .containsEntry("email", "BobSmith@email.com")
        .containsEntry("address_city", "Redmond")
        .containsEntry("card_number", "4012888888881881")
        .containsEntry("card_holder", "Bob Smith")
        .doesNotContainKey("card_security_number");
    assertThat(info.body()).doesNotContain("cvv", "security");
  }

  @Test
  void machineEndpointsSetNoCookies() {
    for (String path : List.of("/.well-known/openid-configuration", "/oauth2/jwks")) {
      HttpResponse<String> answer =
          Browser.raw(HttpRequest.newBuilder(URI.create(replica.root() + "/identity" + path)));
      assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void whoeverIsNotSignedInHasNoSession() {
    Browser browser = new Browser();
    assertThat(Browser.location(browser.get(replica, "/identity/"))).isEqualTo("/identity/login");
    browser.get(replica, Browser.location(browser.get(replica, ShopSide.authorizePath())));
    assertThat(browser.cookies()).doesNotContainKey("identity.session");
    browser.signIn(replica, replica, "/identity/login", "alice", "Pass123$");
    assertThat(browser.cookies()).containsKey("identity.session");
    assertThat(Browser.location(browser.get(replica, "/identity/"))).isEqualTo("/identity/account");
  }

  @Test
  void signInPageNamesTheDemonstrationAccountsInThePlaygroundOnly() {
    assertThat(new Browser().get(replica, "/identity/login").body()).contains("Pass123$");
    Map<String, Object> environment = Farm.shared().environment("identity-2");
    environment.remove("spring.profiles.active");
    try (Replica elsewhere = Replica.start("identity-2", environment)) {
      elsewhere.awaitReady();
      assertThat(new Browser().get(elsewhere, "/identity/login").body())
          .contains("Sign in")
          .doesNotContain("Pass123$", "alice");
    }
  }

  @Test
  void accountPageShowsWhoIsSignedInAndSigningOutEndsIt() {
    Browser browser = new Browser();
    HttpResponse<String> signedIn =
        browser.signIn(replica, replica, "/identity/account", "alice", "Pass123$");
    assertThat(Browser.location(signedIn)).isEqualTo("/identity/account");
    HttpResponse<String> account = browser.get(replica, "/identity/account");
    assertThat(account.body()).contains("Hello, Alice").contains("AliceSmith@email.com");

    HttpResponse<String> out =
        browser.post(replica, "/identity/logout", Browser.form(account.body(), Map.of()));
    assertThat(Browser.location(out)).endsWith("/identity/signed-out");
    assertThat(browser.get(replica, "/identity/signed-out").body()).contains("You are signed out");
    assertThat(browser.get(replica, "/identity/account").statusCode()).isEqualTo(302);
  }
}
