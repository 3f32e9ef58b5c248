package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.identity.Farm.Replica;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two replicas on one Redis and one PostgreSQL: what one begins, the other finishes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicasIT {

  private static Farm farm;
  private static Replica one;
  private static Replica two;

  /** The database comes when both wait for it: then both begin with it at the same moment. */
  @BeforeAll
  static void startBothOnAFarmWhoseDatabaseComesLater() {
    farm = Farm.withoutDatabase();
    one = farm.start("identity-1");
    two = farm.start("identity-2");
    for (Replica replica : List.of(one, two)) {
      assertThat(replica.probe("/liveness")).isEqualTo(200);
      assertThat(replica.probe("/readiness")).isEqualTo(503);
      HttpResponse<String> early = new Browser().get(replica, "/identity/login");
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.headers().firstValue("Retry-After")).isPresent();
      assertThat(early.body()).contains("We will be right back");
    }
    farm.startDatabase();
    one.awaitReady();
    two.awaitReady();
  }

  @AfterEach
  void forgetFailures() {
    farm.jdbc().sql("DELETE FROM identity.failed_sign_in").update();
  }

  @AfterAll
  static void stop() throws Exception {
    one.close();
    two.close();
    farm.close();
  }

  @Test
  @Order(1)
  void replicasThatStartTogetherOnAnEmptyDatabaseMakeOneKeyOneClientAndTwoAccounts() {
    assertThat(count("signing_key")).isEqualTo(1);
    assertThat(count("oauth2_registered_client")).isEqualTo(1);
    assertThat(count("account")).isEqualTo(2);
  }

  private static long count(String table) {
    return farm.jdbc().sql("SELECT count(*) FROM identity." + table).query(Long.class).single();
  }

  @Test
  void loginFormRenderedOnOneReplicaIsAcceptedOnAnother() {
    Browser browser = new Browser();
    HttpResponse<String> answer =
        browser.signIn(one, two, "/identity/account", "alice", "Pass123$");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(browser.get(one, "/identity/account").body()).contains("Hello, Alice");
    assertThat(browser.get(two, "/identity/account").body()).contains("Hello, Alice");
  }

  @Test
  void codeIssuedByOneReplicaIsRedeemedAtAnotherAndItsTokensHoldAtBoth() throws Exception {
    HttpResponse<String> answer = ShopSide.redeem(two, ShopSide.code(new Browser(), one, "alice"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Map<String, Object> tokens = ShopSide.json(answer);
    assertThat(ShopSide.verified(one, tokens.get("access_token")))
        .containsEntry("unique_name", "alice");
    assertThat(ShopSide.verified(two, tokens.get("access_token")))
        .containsEntry("unique_name", "alice");
    for (Replica replica : List.of(one, two)) {
      assertThat(ShopSide.userinfo(replica, (String) tokens.get("access_token")).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void replayedCodeIsRefusedAtAnotherReplicaAndRevokesTheTokens() {
    String code = ShopSide.code(new Browser(), one, "alice");
    Map<String, Object> tokens = ShopSide.json(ShopSide.redeem(one, code));

    HttpResponse<String> replay = ShopSide.redeem(two, code);
    assertThat(replay.statusCode()).isEqualTo(400);
    assertThat(ShopSide.json(replay)).containsEntry("error", "invalid_grant");
    assertThat(replay.body()).contains("already used").contains("Begin a new sign-in");

    assertThat(ShopSide.userinfo(one, (String) tokens.get("access_token")).statusCode())
        .isEqualTo(401);
    assertThat(ShopSide.json(ShopSide.refresh(one, (String) tokens.get("refresh_token"))))
        .containsEntry("error", "invalid_grant");
  }

  @Test
  void codeRedeemedAtTwoReplicasAtTheSameMomentGivesTokensOnceAtMost() {
    for (int round = 0; round < 4; round++) {
      String code = ShopSide.code(new Browser(), one, "bob");
      List<CompletableFuture<HttpResponse<String>>> answers =
          Stream.of(one, two, one, two)
              .map(replica -> CompletableFuture.supplyAsync(() -> ShopSide.redeem(replica, code)))
              .toList();
      List<Integer> statuses =
          answers.stream().map(answer -> answer.join().statusCode()).sorted().toList();
      assertThat(statuses).containsExactly(200, 400, 400, 400);
    }
  }

  @Test
  void refreshTokenFromOneReplicaWorksAtAnotherAlsoTwiceAtOnce() throws Exception {
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(one, ShopSide.code(new Browser(), one, "bob")));
    String refreshToken = (String) tokens.get("refresh_token");
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.of(one, two)
            .map(
                replica ->
                    CompletableFuture.supplyAsync(() -> ShopSide.refresh(replica, refreshToken)))
            .toList();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
      assertThat(ShopSide.verified(one, ShopSide.json(answer.join()).get("access_token")))
          .containsEntry("unique_name", "bob");
    }
  }

  @Test
  void signOutAtOneReplicaEndsTheSessionAndTheRefreshTokenEverywhere() {
    Browser browser = new Browser();
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(two, ShopSide.code(browser, one, "alice")));
    HttpResponse<String> out =
        browser.get(
            two,
            "/identity/connect/logout?"
                + Browser.encode(
                    Map.of(
                        "id_token_hint",
                        (String) tokens.get("id_token"),
                        "post_logout_redirect_uri",
                        Farm.PUBLIC_URL + "/",
                        "state",
                        "s 1")));
    assertThat(Browser.location(out)).isEqualTo(Farm.PUBLIC_URL + "/?state=s%201");
    assertThat(browser.get(one, "/identity/account").statusCode()).isEqualTo(302);
    assertThat(ShopSide.refresh(one, (String) tokens.get("refresh_token")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void guessesAtBothReplicasAreCountedTogetherAndTheMessageSaysHowLong() {
    Browser browser = new Browser();
    for (int guess = 0; guess < 5; guess++) {
      Replica replica = guess % 2 == 0 ? one : two;
      HttpResponse<String> wrong =
          browser.signIn(replica, replica, "/identity/login", "Bob ", "wrong");
      assertThat(wrong.statusCode()).isEqualTo(guess < 4 ? 401 : 429);
    }
    HttpResponse<String> locked = browser.signIn(two, two, "/identity/login", "bob", "Pass123$");
    assertThat(locked.statusCode()).isEqualTo(429);
    assertThat(locked.headers().firstValue("Retry-After")).isPresent();
    assertThat(locked.body())
        .contains("Too many failed sign-ins for this name. Try again in 5 minutes.");

    farm.jdbc()
        .sql("UPDATE identity.failed_sign_in SET locked_until = now() - interval '1 second'")
        .update();
    assertThat(browser.signIn(one, one, "/identity/login", "bob", "Pass123$").statusCode())
        .isEqualTo(302);
    assertThat(count("failed_sign_in")).isZero();
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void sessionCodeTokenAndKeySurviveTheRestartOfAllReplicas() throws Exception {
    Browser browser = new Browser();
    Map<String, Object> tokens =
        ShopSide.json(ShopSide.redeem(one, ShopSide.code(browser, one, "alice")));
    String code = ShopSide.codeIn(Browser.location(browser.get(two, ShopSide.authorizePath())));
    one.close();
    two.close();
    one = farm.start("identity-1");
    two = farm.start("identity-2");
    one.awaitReady();
    two.awaitReady();

    assertThat(ShopSide.verified(two, tokens.get("access_token")))
        .containsEntry("unique_name", "alice");
    assertThat(ShopSide.redeem(one, code).statusCode()).isEqualTo(200);
    assertThat(ShopSide.refresh(two, (String) tokens.get("refresh_token")).statusCode())
        .isEqualTo(200);
    assertThat(browser.get(two, "/identity/account").body()).contains("Hello, Alice");
    assertThat(count("signing_key")).isEqualTo(1);
  }

  @Test
  void probesAnswerAtTheRootAndBelowTheContextPath() {
    for (String path : List.of("/readiness", "/hc", "/liveness")) {
      for (String prefix : List.of("", "/identity")) {
        HttpResponse<String> answer =
            Browser.raw(HttpRequest.newBuilder(URI.create(one.root() + prefix + path)));
        assertThat(answer.statusCode()).as(prefix + path + answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-Replica")).contains("identity-1");
      }
    }
  }
}
