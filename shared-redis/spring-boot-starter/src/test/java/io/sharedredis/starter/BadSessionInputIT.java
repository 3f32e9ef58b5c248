package io.sharedredis.starter;

import static io.sharedredis.starter.Visitor.cookieOf;
import static io.sharedredis.starter.Visitor.id;
import static io.sharedredis.starter.Visitor.internal;
import static io.sharedredis.starter.Visitor.key;
import static io.sharedredis.starter.Visitor.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What clients send and what somebody else writes into Redis: anonymous, never an error page. */
class BadSessionInputIT {

  private static final String BAD = "bad";
  private static final String NONE = "no session";

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext app;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    app =
        new SpringApplicationBuilder(App.class, More.class)
            .run(
                "--server.port=0",
                "--spring.application.name=" + BAD,
                "--REPLICA_NAME=one",
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.session.store=shared",
                "--management.endpoints.web.exposure.include=sessions",
                "--shared-redis.drain.notice=0s");
  }

  @AfterAll
  static void stop() {
    app.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  static List<String> noIds() {
    return List.of(
        "",
        "x",
        "=",
        "%",
        "AA",
        "not-base64-!!",
        "\"quoted\"",
        cookieOf(""),
        cookieOf("A".repeat(35)),
        cookieOf("A".repeat(36)),
        cookieOf("_".repeat(36)),
        cookieOf("A".repeat(37)),
        cookieOf("A".repeat(36) + "\n"),
        cookieOf("../../../../../../../../../../../../"),
        cookieOf("00000000-0000-0000-0000-000000000000"),
        cookieOf("A".repeat(3000)),
        cookieOf("\u0000\u0000\u0000\u0000"),
        cookieOf("{0}:id:{0}:id:{0}:id:{0}:id:{0}:id:{"));
  }

  @ParameterizedTest
  @MethodSource("noIds")
  void cookieThatIsNoIdIsAnonymousAndGetsANewSessionWhenOneIsNeeded(String cookie)
      throws Exception {
    assertAnonymous(cookie);
    assertThat(visitor.get(app, "/me", cookie).statusCode()).isEqualTo(302);
    HttpResponse<String> begun = visitor.get(app, "/set?name=cart&value=mug", cookie);
    assertThat(begun.statusCode()).isEqualTo(200);
    assertThat(visitor.get(app, "/all", Visitor.cookie(begun)).body()).isEqualTo("{cart=mug}");
  }

  @Test
  void cookieThatWasCutChangedOrPutTogetherOfTwoIsAnonymousAndHarmsNeither() throws Exception {
    String alice = visitor.signIn(app, null);
    String other = visitor.signIn(app, null);
    String id = id(alice);
    for (String forged :
        List.of(
            id.substring(0, 35),
            id.substring(1),
            id.substring(0, 18),
            id.substring(0, 18) + id(other).substring(18),
            id(other).substring(0, 18) + id.substring(18),
            "AB" + id.substring(2),
            id.substring(0, 35) + (id.endsWith("x") ? "y" : "x"),
            internal(alice),
            raw.hget(key(BAD, alice), "id"))) {
      assertAnonymous(cookieOf(forged));
      visitor.signOut(app, cookieOf(forged));
    }
    assertThat(visitor.get(app, "/me", alice).body()).isEqualTo("alice");
    assertThat(visitor.get(app, "/me", other).body()).isEqualTo("alice");
  }

  @Test
  void cookieThatIsReplayedAfterTheEndIsAnonymous() throws Exception {
    String cookie = visitor.signIn(app, visitor.begin(app));
    visitor.signOut(app, cookie);
    assertAnonymous(cookie);
    // Nor does asking for a new session revive the id.
    HttpResponse<String> begun = visitor.get(app, "/set?name=cart&value=mug", cookie);
    assertThat(Visitor.cookie(begun)).isNotEqualTo(cookie);
    assertAnonymous(cookie);
  }

  @Test
  void sessionThatEndsInTheRequestThatChangedItsIdIsEnded() throws Exception {
    String cookie = visitor.begin(app);
    assertThat(visitor.get(app, "/renew-and-end", cookie).statusCode()).isEqualTo(200);
    assertAnonymous(cookie);
    assertThat(raw.exists(key(BAD, cookie))).isZero();
  }

  @Test
  void otherTypesUnderTheKeysOfSessionsAreNoErrorToAnybody() throws Exception {
    String cookie = visitor.begin(app);
    raw.del(key(BAD, cookie));
    raw.set(key(BAD, cookie), "a text");
    assertAnonymous(cookie);
    raw.del(prefix(BAD) + "expiry");
    raw.set(prefix(BAD) + "expiry", "a text");
    String signedIn = visitor.signIn(app, cookie);
    String index = prefix(BAD) + "user:" + raw.hget(key(BAD, signedIn), "u");
    raw.del(index);
    raw.rpush(index, "a list");
    String again = visitor.signIn(app, null);
    assertThat(visitor.get(app, "/me", signedIn).body()).isEqualTo("alice");
    assertThat(visitor.get(app, "/actuator/sessions?user=alice", null).statusCode()).isEqualTo(200);
    visitor.signOut(app, again);
    assertThat(raw.type(index)).isIn("zset", "none");
  }

  @Test
  void hashWithForgedNumbersOrOfASessionOfSpringSessionIsAnonymous() throws Exception {
    for (Map<String, String> forged :
        List.of(
            Map.of("g", "9".repeat(400)),
            Map.of("t", "nan"),
            Map.of("a", "1e300"),
            Map.of("c", "-inf"),
            Map.of("v", "2"),
            Map.of("v", "one"))) {
      String cookie = visitor.begin(app);
      raw.hset(key(BAD, cookie), forged);
      assertAnonymous(cookie);
    }
    String cookie = visitor.begin(app);
    raw.del(key(BAD, cookie));
    raw.hset(key(BAD, cookie), Map.of("creationTime", "1", "sessionAttr:a", "\"b\""));
    assertAnonymous(cookie);
  }

  @Test
  void clocksThatJumpNeitherLoseNorKeepASession() throws Exception {
    String cookie = visitor.begin(app);
    long day = Duration.ofDays(1).toMillis();
    // Redis' clock was a day ahead when the session was used, and is right again.
    raw.hincrby(key(BAD, cookie), "a", day);
    raw.hincrby(key(BAD, cookie), "c", day);
    assertThat(visitor.get(app, "/all", cookie).body()).isEqualTo("{cart=mug}");
    assertThat(Long.parseLong(raw.hget(key(BAD, cookie), "a")))
        .isLessThan(System.currentTimeMillis() + day / 2);
    // It was a day behind, and is right again: as if nobody had come for a day.
    raw.hincrby(key(BAD, cookie), "a", -day);
    assertAnonymous(cookie);
  }

  @Test
  void attributeOfATypeThatIsNotOnTheListIsAnErrorOfThisRequestAndTheSessionLives()
      throws Exception {
    String cookie = visitor.begin(app);
    assertThat(visitor.get(app, "/strange", cookie).statusCode()).isEqualTo(500);
    HttpResponse<String> answer = visitor.get(app, "/all", cookie);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{cart=mug}");
  }

  @Test
  void attributesBeyondTheLimitAreAnErrorOfThisRequestOnly() throws Exception {
    String cookie = visitor.begin(app);
    HttpResponse<String> refused = visitor.get(app, "/many?from=0&to=10000", cookie);
    assertThat(refused.statusCode()).isEqualTo(500);
    // The application's own page of errors, and not that of the server beneath it.
    assertThat(refused.body()).contains("\"status\":500");
    assertThat(visitor.get(app, "/all", cookie).body()).isEqualTo("{cart=mug}");
    assertThat(visitor.get(app, "/many?from=0&to=999", cookie).statusCode()).isEqualTo(200);
    assertThat(visitor.get(app, "/many?from=999&to=1000", cookie).statusCode()).isEqualTo(500);
    HttpResponse<String> full = visitor.get(app, "/all", cookie);
    assertThat(full.statusCode()).isEqualTo(200);
    assertThat(full.body()).contains("n998=1").doesNotContain("n999=");
  }

  @Test
  void attributeNamesOfAnyKindAreKept() throws Exception {
    String cookie = visitor.begin(app);
    assertThat(visitor.get(app, "/names", cookie).statusCode()).isEqualTo(200);
    String all = visitor.get(app, "/all", cookie).body();
    for (String name : More.NAMES) {
      assertThat(all).contains(name + "=" + name.length());
    }
  }

  private void assertAnonymous(String cookie) throws Exception {
    HttpResponse<String> answer = visitor.get(app, "/all", cookie);
    assertThat(answer.statusCode()).as(cookie).isEqualTo(200);
    assertThat(answer.body()).as(cookie).isEqualTo(NONE);
  }

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class More {

    static final List<String> NAMES =
        List.of("", ":", "a:b", "x:a", "naïve", "\u0000", "a b", "🍵");

    @GetMapping("/renew-and-end")
    String renewAndEnd(HttpServletRequest request) {
      HttpSession session = Objects.requireNonNull(request.getSession(false));
      session.setAttribute("cart", "cup");
      request.changeSessionId();
      session.invalidate();
      return "ended";
    }

    @GetMapping("/strange")
    String strange(HttpSession session) {
      session.setAttribute("strange", new Strange("thing"));
      return "not reached";
    }

    @GetMapping("/many")
    String many(HttpSession session, int from, int to) {
      for (int i = from; i < to; i++) {
        session.setAttribute("n" + i, 1);
      }
      return "many";
    }

    @GetMapping("/names")
    String names(HttpSession session) {
      NAMES.forEach(name -> session.setAttribute(name, name.length()));
      return "kept";
    }
  }

  /** Not on the list of types. */
  record Strange(String what) {}
}
