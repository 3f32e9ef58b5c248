package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.identity.Farm.Replica;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered to input that is wrong, stale or hostile. */
class BadInputIT {

  private final Replica replica = Farm.sharedReplica();

  @AfterEach
  void forgetFailures() {
    Farm.shared().jdbc().sql("DELETE FROM identity.failed_sign_in").update();
  }

  @Test
  void foreignRedirectAddressGetsAPageAndNoRedirect() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.put("redirect_uri", "https://evil.example/login/oauth2/code/shop");
    HttpResponse<String> answer =
        signedIn("alice").get(replica, ShopSide.authorizePath(parameters));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Location")).isEmpty();
    assertThat(answer.body()).contains("redirect_uri").doesNotContain("evil.example");
  }

  @Test
  void unknownClientGetsAPageThatNamesTheParameter() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.put("client_id", "somebody");
    HttpResponse<String> answer =
        signedIn("alice").get(replica, ShopSide.authorizePath(parameters));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("client_id");
  }

  @Test
  void requestWithoutProofKeyIsSentBackWithAnError() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.remove("code_challenge");
    parameters.remove("code_challenge_method");
    assertThat(refusal(parameters)).contains("error=invalid_request").contains("code_challenge");
  }

  @Test
  void plainProofKeyIsSentBackWithAnError() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.put("code_challenge_method", "plain");
    assertThat(refusal(parameters))
        .contains("error=invalid_request")
        .contains("code_challenge_method");
  }

  @Test
  void scopeThatTheClientMayNotHaveIsSentBackWithAnError() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.put("scope", "openid admin");
    assertThat(refusal(parameters)).contains("error=invalid_scope");
  }

  private String refusal(Map<String, String> parameters) {
    HttpResponse<String> answer =
        signedIn("alice").get(replica, ShopSide.authorizePath(parameters));
    String location = Browser.location(answer);
    assertThat(location)
        .startsWith(Farm.REDIRECT)
        .contains("state=state-1")
        .doesNotContain("code=");
    return location;
  }

  @Test
  void wrongVerifierIsInvalidGrant() {
    refused(
        ShopSide.redeem(
            replica,
            ShopSide.code(new Browser(), replica, "alice"),
            Farm.REDIRECT,
            "another-verifier-of-43-characters-or-more-0123"));
  }

  @Test
  void otherRedirectAddressThanTheCodeWasIssuedForIsInvalidGrant() {
    refused(
        ShopSide.redeem(
            replica,
            ShopSide.code(new Browser(), replica, "alice"),
            Farm.PUBLIC_URL + "/other",
            ShopSide.VERIFIER));
  }

  @Test
  void expiredCodeIsInvalidGrant() {
    String code = ShopSide.code(new Browser(), replica, "alice");
    int aged =
        Farm.shared()
            .jdbc()
            .sql(
                """
                UPDATE identity.oauth2_authorization
                SET authorization_code_issued_at = now() - interval '62 seconds',
                    authorization_code_expires_at = now() - interval '2 seconds'
                WHERE authorization_code_value = ?
                """)
            .param(code)
            .update();
    assertThat(aged).isEqualTo(1);
    refused(ShopSide.redeem(replica, code));
  }

  @Test
  void inventedCodeIsInvalidGrant() {
    refused(ShopSide.redeem(replica, "no-such-code"));
  }

  private static void refused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(400);
    Map<String, Object> body = ShopSide.json(answer);
    assertThat(body).containsEntry("error", "invalid_grant");
    assertThat((String) body.get("error_description"))
        .contains("expired")
        .contains("code_verifier")
        .contains("Begin a new sign-in");
  }

  @Test
  void wrongClientSecretIsInvalidClientAndSaysWhichSettingToCompare() {
    HttpResponse<String> answer =
        Browser.raw(
            HttpRequest.newBuilder(URI.create(replica.root() + "/identity/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        Browser.encode(
                            Map.of(
                                "grant_type", "refresh_token",
                                "refresh_token", "x",
                                "client_id", "webspa",
                                "client_secret", "wrong")))));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(ShopSide.json(answer)).containsEntry("error", "invalid_client");
    assertThat(answer.body()).contains("WEBSPA_CLIENT_SECRET").doesNotContain(Farm.SECRET);
  }

  @Test
  void closedAccountGetsNoFurtherTokens() {
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(replica, ShopSide.code(new Browser(), replica, "bob")));
    var jdbc = Farm.shared().jdbc();
    jdbc.sql("UPDATE identity.account SET enabled = false WHERE login_name = 'bob'").update();
    try {
      assertThat(ShopSide.refresh(replica, (String) tokens.get("refresh_token")).statusCode())
          .isEqualTo(400);
      HttpResponse<String> signIn =
          new Browser().signIn(replica, replica, "/identity/login", "bob", "Pass123$");
      assertThat(signIn.statusCode()).isEqualTo(403);
      assertThat(signIn.body()).contains("This account is closed.");
    } finally {
      jdbc.sql("UPDATE identity.account SET enabled = true WHERE login_name = 'bob'").update();
    }
  }

  @Test
  void formWithoutItsTokenIsRefusedWithAPageThatSaysWhatToDo() {
    HttpResponse<String> answer =
        new Browser()
            .post(replica, "/identity/login", Map.of("username", "alice", "password", "Pass123$"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("This form has expired");
  }

  @Test
  void requestThatForbidsAskingIsSentBackWhenNobodyIsSignedIn() {
    Map<String, String> parameters = ShopSide.authorizeParameters();
    parameters.put("prompt", "none");
    HttpResponse<String> answer = new Browser().get(replica, ShopSide.authorizePath(parameters));
    assertThat(Browser.location(answer)).startsWith(Farm.REDIRECT).contains("error=login_required");
  }

  @Test
  void wrongPasswordAndUnknownNameGetTheSameAnswer() {
    HttpResponse<String> wrong =
        new Browser().signIn(replica, replica, "/identity/login", "alice", "wrong");
    HttpResponse<String> unknown =
        new Browser().signIn(replica, replica, "/identity/login", "nobody", "wrong");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("Name or password is not right.");
    assertThat(unknown.body()).contains("Name or password is not right.");
  }

  @Test
  void typedNameComesBackAsTextOnly() {
    HttpResponse<String> answer =
        new Browser()
            .signIn(replica, replica, "/identity/login", "\"><script>alert(1)</script>", "x");
    assertThat(answer.body()).doesNotContain("<script>");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "\u00e9\u0000x", "' OR 1=1 --"})
  void strangeNameIsAFailedSignInLikeAnyOther(String name) {
    assertThat(
            new Browser().signIn(replica, replica, "/identity/login", name, "wrong").statusCode())
        .isEqualTo(401);
  }

  @Test
  void nameLongerThanAnyAccountsIsAFailedSignInLikeAnyOther() {
    String name = "a".repeat(5000);
    assertThat(
            new Browser().signIn(replica, replica, "/identity/login", name, "wrong").statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/oauth2/authorize?",
        "/oauth2/authorize?\r\nSet-Cookie: x=y",
        "/\\evil.example"
      })
  void signInLeadsToOurOwnPagesOnly(String target) {
    Browser browser = new Browser();
    String page =
        browser
            .get(replica, "/identity/login?" + Browser.encode(Map.of("continue", target)))
            .body();
    Map<String, String> form =
        Browser.form(page, Map.of("username", "alice", "password", "Pass123$", "continue", target));
    assertThat(Browser.location(browser.post(replica, "/identity/login", form)))
        .isEqualTo("/identity/account");
  }

  @Test
  void wrongPasswordOfAClosedAccountLooksLikeAnyOtherAndCounts() {
    var jdbc = Farm.shared().jdbc();
    jdbc.sql(
            """
            INSERT INTO identity.account
              (id, login_name, password_hash, enabled, first_name, last_name, email)
            SELECT gen_random_uuid(), 'carol', password_hash, false, 'Carol', 'Gone', 'c@x.example'
            FROM identity.account WHERE login_name = 'alice'
            """)
        .update();
    try {
      Browser browser = new Browser();
      HttpResponse<String> guess =
          browser.signIn(replica, replica, "/identity/login", "carol", "wrong");
      assertThat(guess.statusCode()).isEqualTo(401);
      assertThat(guess.body()).contains("Name or password is not right.").doesNotContain("closed");
      assertThat(
              jdbc.sql("SELECT failures FROM identity.failed_sign_in WHERE login_name = 'carol'")
                  .query(Integer.class)
                  .single())
          .isEqualTo(1);
      HttpResponse<String> owner =
          browser.signIn(replica, replica, "/identity/login", "carol", "Pass123$");
      assertThat(owner.statusCode()).isEqualTo(403);
      assertThat(owner.body()).contains("This account is closed.");
    } finally {
      jdbc.sql("DELETE FROM identity.account WHERE login_name = 'carol'").update();
    }
  }

  @Test
  void idTokenFromBeforeARefreshStillSignsOutItsOwner() {
    Browser browser = new Browser();
    String earlier = idTokenBeforeARefresh(browser);
    HttpResponse<String> out = signOut(browser, earlier, Farm.PUBLIC_URL + "/");
    assertThat(Browser.location(out)).isEqualTo(Farm.PUBLIC_URL + "/");
    assertThat(browser.get(replica, "/identity/account").statusCode()).isEqualTo(302);
  }

  @Test
  void idTokenFromBeforeARefreshSignsOutNobodyElseAndLeadsNowhereElse() {
    Browser browser = new Browser();
    String earlier = idTokenBeforeARefresh(browser);
    Browser bob = signedIn("bob");
    assertThat(signOut(bob, earlier, Farm.PUBLIC_URL + "/").statusCode()).isEqualTo(400);
    assertThat(bob.get(replica, "/identity/account").body()).contains("Hello, Bob");
    assertThat(signOut(browser, earlier, "https://evil.example/").statusCode()).isEqualTo(400);
    String forged = earlier.substring(0, earlier.lastIndexOf('.') + 1) + "AAAA";
    assertThat(signOut(browser, forged, Farm.PUBLIC_URL + "/").statusCode()).isEqualTo(400);
    assertThat(browser.get(replica, "/identity/account").body()).contains("Hello, Alice");
  }

  /** Signs Alice in and returns her first id token, which a refresh has replaced in the store. */
  private String idTokenBeforeARefresh(Browser browser) {
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(replica, ShopSide.code(browser, replica, "alice")));
    HttpResponse<String> refreshed =
        ShopSide.refresh(replica, (String) tokens.get("refresh_token"));
    assertThat(ShopSide.json(refreshed).get("id_token")).isNotEqualTo(tokens.get("id_token"));
    return (String) tokens.get("id_token");
  }

  private HttpResponse<String> signOut(Browser browser, String hint, String target) {
    return browser.get(
        replica,
        "/identity/connect/logout?"
            + Browser.encode(Map.of("id_token_hint", hint, "post_logout_redirect_uri", target)));
  }

  @Test
  void logoutRequestWithAnInventedIdTokenGetsAPage() {
    HttpResponse<String> answer =
        new Browser().get(replica, "/identity/connect/logout?id_token_hint=invented");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("The sign-out request was refused");
  }

  @Test
  void userinfoWithAForgedTokenIsUnauthorized() {
    assertThat(ShopSide.userinfo(replica, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.").statusCode())
        .isEqualTo(401);
  }

  @Test
  void unknownPageIsNotFoundForWhoeverIsSignedIn() {
    HttpResponse<String> answer = signedIn("alice").get(replica, "/identity/nothing");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("There is nothing here");
  }

  @Test
  void startWithoutTheClientSecretSaysWhichVariableIsEmpty() {
    Map<String, Object> environment = Farm.shared().environment("identity-1");
    environment.put("WEBSPA_CLIENT_SECRET", " ");
    assertThatThrownBy(() -> Replica.start("identity-1", environment))
        .hasStackTraceContaining("WEBSPA_CLIENT_SECRET")
        .hasStackTraceContaining("is empty");
  }

  private Browser signedIn(String name) {
    Browser browser = new Browser();
    assertThat(browser.signIn(replica, replica, "/identity/login", name, "Pass123$").statusCode())
        .isEqualTo(302);
    return browser;
  }
}
