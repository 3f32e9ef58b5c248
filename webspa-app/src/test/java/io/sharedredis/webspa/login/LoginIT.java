package io.sharedredis.webspa.login;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.StoredSession;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.webspa.farm.Browser;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.HubListener;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.StubIdentity;
import io.sharedredis.webspa.farm.TwoShops;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two replicas, a browser that meets now the one, now the other, and a stub of the provider. */
class LoginIT {

  /** What the profile says of everybody's card. */
  private static final String CARD = "4012888888881881";

  private final StubIdentity identity = TwoShops.shared().identity;
  private final RedisServer sessions = TwoShops.shared().sessions;
  private final Replica one = TwoShops.shared().one;
  private final Replica two = TwoShops.shared().two;

  @Test
  void signInBegunOnOneReplicaIsCompletedOnAnotherAndHoldsOnBoth() {
    Browser browser = new Browser(one);
    URI authorization = browser.beginSignIn("/basket%3Fx=1");
    Map<String, String> request = StubIdentity.query(authorization.getRawQuery());

    assertThat(authorization.toString())
        .startsWith(StubIdentity.PUBLIC_URL + "/identity/oauth2/authorize?");
    assertThat(request)
        .containsEntry("client_id", "webspa")
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("redirect_uri", StubIdentity.PUBLIC_URL + "/login/oauth2/code/shop")
        .containsKeys("state", "nonce", "code_challenge");
    assertThat(List.of(request.get("scope").split(" ")))
        .containsExactlyInAnyOrder("openid", "profile", "orders", "basket", "orders.signalrhub");

    browser.movedTo(two);
    HttpResponse<String> back = browser.get(Browser.callback(identity, "alice", authorization));
    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(Browser.location(back).toString()).endsWith("/basket?x=1");
    String cookie =
        back.headers().allValues("Set-Cookie").stream()
            .filter(value -> value.startsWith("shop.session="))
            .findFirst()
            .orElseThrow();
    assertThat(cookie).contains("HttpOnly", "Path=/", "SameSite=Lax");

    for (Replica replica : List.of(one, two)) {
      JsonNode me = browser.movedTo(replica).json("/api/v1/me");
      assertThat(me.path("signedIn").asBoolean()).isTrue();
      assertThat(me.path("userName").asString()).isEqualTo("alice");
      assertThat(me.path("email").asString()).isEqualTo("alice@example.com");
      assertThat(me.path("address").path("city").asString()).isEqualTo("Harbor");
      assertThat(me.path("card").path("expiration").asString()).isEqualTo("12/40");
      assertThat(browser.json("/api/v1/basket").path("buyerId").asString())
          .isEqualTo(StubIdentity.subjectOf("alice"));
    }
  }

  @Test
  void sessionAndBearerTokenAreTheSameBuyer() {
    Browser browser = new Browser(one).signIn(identity, "dora");
    HttpResponse<String> posted =
        browser.call("POST", "/api/v1/basket", "{\"items\":[{\"productId\":1,\"quantity\":2}]}");
    assertThat(posted.statusCode()).as(posted.body()).isEqualTo(200);

    Client program = two.as(identity.bearer("dora"));
    assertThat(program.get("/api/v1/basket").json().path("items")).hasSize(1);
    assertThat(program.get("/api/v1/me").json().path("userName").asString()).isEqualTo("dora");
  }

  @Test
  void changesNeedTheTokenOfThisBrowserUnlessABearerTokenComesAlong() {
    Browser browser = new Browser(one).signIn(identity, "erik");
    String body = "{\"items\":[]}";

    HttpResponse<String> without =
        browser.send("POST", "/api/v1/basket", body, "Content-Type", "application/json");
    assertThat(without.statusCode()).isEqualTo(403);
    assertThat(without.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    Browser other = new Browser(one).signIn(identity, "mallory");
    HttpResponse<String> foreign =
        browser.send(
            "POST",
            "/api/v1/basket",
            body,
            "Content-Type",
            "application/json",
            "X-XSRF-TOKEN",
            other.cookie("XSRF-TOKEN"));
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(browser.movedTo(two).call("POST", "/api/v1/basket", body).statusCode())
        .isEqualTo(200);
    assertThat(one.as(identity.bearer("erik")).post("/api/v1/basket", body).status())
        .isEqualTo(200);
  }

  @Test
  void signOutEndsTheSessionEverywhereAndLeadsToTheIdentityProvider() {
    Browser browser = new Browser(one).signIn(identity, "frida");
    HttpResponse<String> out = browser.movedTo(two).call("POST", "/logout", "");
    assertThat(out.statusCode()).as(out.body()).isEqualTo(200);
    assertThat(out.body())
        .contains(StubIdentity.PUBLIC_URL + "/identity/connect/logout?id_token_hint=")
        .contains("post_logout_redirect_uri=");
    assertThat(browser.movedTo(one).json("/api/v1/me").path("signedIn").asBoolean()).isFalse();
    assertThat(browser.get("/api/v1/basket").statusCode()).isEqualTo(401);

    Browser form = new Browser(one).signIn(identity, "frida");
    HttpResponse<String> posted =
        form.send(
            "POST",
            "/logout",
            "__RequestVerificationToken="
                + java.net.URLEncoder.encode(form.cookie("XSRF-TOKEN"), UTF_8),
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Accept",
            "text/html");
    assertThat(posted.statusCode()).isEqualTo(302);
    assertThat(Browser.location(posted).getPath()).isEqualTo("/identity/connect/logout");
    assertThat(new Browser(one).send("POST", "/logout", "").statusCode()).isEqualTo(403);
  }

  @Test
  void hubConnectionOfASessionEndsWithTheSessionWhicheverReplicaEndsIt() {
    Browser browser = new Browser(one).signIn(identity, "lena");
    try (HubListener tab =
        HubListener.ofSession(one.url(), browser.cookie("shop.session")).connect()) {
      assertThat(tab.replica()).isEqualTo("webspa-1");
      assertThat(tab.connected()).isTrue();
      long begun = System.nanoTime();
      assertThat(browser.movedTo(two).call("POST", "/logout", "").statusCode()).isEqualTo(200);
      Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> !tab.connected());
      assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(2_500);
    }
  }

  @Test
  void answerToSomeoneElsesSignInIsRefusedWithAWayOut() {
    Browser victim = new Browser(one);
    URI attackers = new Browser(one).beginSignIn("/");
    HttpResponse<String> back = victim.get(Browser.callback(identity, "mallory", attackers));
    assertThat(back.statusCode()).isEqualTo(401);
    assertThat(back.body()).contains("href=\"/login\"");
    assertThat(victim.json("/api/v1/me").path("signedIn").asBoolean()).isFalse();

    Browser twice = new Browser(one);
    String callback = Browser.callback(identity, "gina", twice.beginSignIn("/"));
    assertThat(twice.get(callback).statusCode()).isEqualTo(302);
    assertThat(twice.get(callback).statusCode()).isEqualTo(401);
    Browser wrongCode = new Browser(one);
    String answer = Browser.callback(identity, "gina", wrongCode.beginSignIn("/"));
    assertThat(wrongCode.get(answer.replaceFirst("code=[^&]*", "code=invented")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void signInLeadsBackToThisSiteOnly() {
    for (String target : List.of("https://evil.example/", "//evil.example", "/%5Cevil.example")) {
      Browser browser = new Browser(one);
      HttpResponse<String> back =
          browser.get(Browser.callback(identity, "hans", browser.beginSignIn(target)));
      assertThat(Browser.location(back).toString()).as(target).endsWith("/").doesNotContain("evil");
    }
  }

  @Test
  void tokensStayOnTheServerSealedAndCardsAreNotInTheSession() {
    Browser browser = new Browser(one).signIn(identity, "ines");
    assertThat(browser.get("/api/v1/me").body()).doesNotContain("eyJ", "refresh-");
    SessionId id = sessionId(browser);

    // Who reads Redis sees that there are tokens, and neither them nor whose session it is.
    assertThat(everythingInTheRedisOfSessions())
        .contains("x:shop.tokens", id.internal())
        .doesNotContain("refresh-ines", "ines@example.com", "eyJ", id.text(), CARD)
        .doesNotContain(StubIdentity.SECRET);

    StoredSession session = two.bean(RedisSessionStore.class).load(id).orElseThrow();
    String opened =
        session.names().stream()
            .map(name -> new String(session.attribute(name).orElseThrow(), UTF_8))
            .collect(Collectors.joining("\n"));
    assertThat(opened)
        .contains("refresh-ines", "ines@example.com")
        .doesNotContain(CARD, "card_")
        .doesNotContain(StubIdentity.SECRET);
  }

  /** The cookie holds it as Spring Session writes it, in base64. */
  private static SessionId sessionId(Browser browser) {
    byte[] id = Base64.getDecoder().decode(browser.cookie("shop.session"));
    return SessionId.parse(new String(id, UTF_8)).orElseThrow();
  }

  /** Keys and values as text, byte by byte. */
  private String everythingInTheRedisOfSessions() {
    RedisClient client = RedisClient.create(sessions.uri());
    try (var connection = client.connect(new StringCodec(ISO_8859_1))) {
      RedisCommands<String, String> commands = connection.sync();
      StringBuilder all = new StringBuilder();
      for (String key : commands.keys("*")) {
        all.append(key).append(' ');
        switch (commands.type(key)) {
          case "hash" -> all.append(commands.hgetall(key));
          case "zset" -> all.append(commands.zrange(key, 0, -1));
          case "string" -> all.append(commands.get(key));
          default -> throw new AssertionError(key + " is not looked into");
        }
        all.append('\n');
      }
      return all.toString();
    } finally {
      client.shutdown();
    }
  }

  @Test
  void accessTokenThatRanOutIsRefreshedBehindTheScenes() {
    identity.tokenLife = 1;
    try {
      Browser browser = new Browser(one).signIn(identity, "jens");
      int before = identity.refreshes.get();
      JsonNode me = browser.movedTo(two).json("/api/v1/me");
      assertThat(me.path("address").path("street").asString()).isEqualTo("1 Pier Road");
      assertThat(identity.refreshes.get()).isGreaterThan(before);
    } finally {
      identity.tokenLife = 3600;
    }
  }

  @Test
  void signOutAfterARefreshShowsTheProviderTheNewIdToken() {
    identity.tokenLife = 1;
    try {
      Browser browser = new Browser(one).signIn(identity, "nora");
      String first = identity.idTokens.get("nora");
      browser.movedTo(two).json("/api/v1/me");
      String refreshed = identity.idTokens.get("nora");
      assertThat(refreshed).isNotEqualTo(first);

      assertThat(browser.movedTo(one).get("/api/v1/orders").statusCode()).isEqualTo(200);
      HttpResponse<String> out = browser.call("POST", "/logout", "");
      assertThat(out.body()).contains("id_token_hint=" + refreshed).doesNotContain(first);
    } finally {
      identity.tokenLife = 3600;
    }
  }

  @Test
  void callsWithoutASignInAreToldSoAndNotRedirected() {
    for (String path : List.of("/api/v1/basket", "/api/v1/orders", "/api/v1/orders/1")) {
      Client.Answer answer = one.as(null).get(path);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
      assertThat(answer.json().path("detail").asString()).contains("/login");
    }
    assertThat(one.as("nonsense").get("/api/v1/orders").status()).isEqualTo(401);
    assertThat(one.as(identity.expiredBearer("alice")).get("/api/v1/orders").status())
        .isEqualTo(401);
    assertThat(
            one.as(identity.bearerOfIssuer("alice", "http://other/identity"))
                .get("/api/v1/orders")
                .status())
        .isEqualTo(401);
    assertThat(one.as(null).get("/api/v1/me").json().path("signedIn").asBoolean()).isFalse();
  }

  @Test
  void killedRedisOfSessionsIsSaidInTimeAndNobodyIsSignedOut() {
    Browser browser = new Browser(one).signIn(identity, "kurt");
    sessions.pause();
    try {
      for (int i = 0; i < 3; i++) {
        long begun = System.nanoTime();
        HttpResponse<String> away = browser.get(i == 2 ? "/api/v1/me" : "/api/v1/orders");
        assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(2_000);
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
      }
    } finally {
      sessions.resume();
    }
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> browser.get("/api/v1/orders").statusCode() == 200);
  }
}
