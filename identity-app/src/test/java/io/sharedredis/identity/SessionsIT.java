package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.sharedredis.identity.Farm.Replica;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a person is signed in, on a page of two replicas that may have one session less. */
class SessionsIT {

  private static final String PAGE = "/identity/sessions";
  private static final Pattern SHOWN =
      Pattern.compile("data-session=\"([^\"]+)\" data-current=\"(true|false)\"");

  /** Of the second replica; the first one has none. */
  private static final int LIMIT = 3;

  private static Replica one;
  private static Replica two;

  @BeforeAll
  static void start() {
    one = Farm.sharedReplica();
    Map<String, Object> environment = Farm.shared().environment("identity-2");
    environment.put("shared-redis.session.max-sessions-per-user", LIMIT);
    environment.put("shared-redis.session.beyond-limit", "refuse");
    two = Replica.start("identity-2", environment);
    two.awaitReady();
  }

  @AfterAll
  static void stop() {
    two.close();
  }

  /** Other tests sign alice in at the same farm. */
  @BeforeEach
  void forgetTheirs() {
    RedisClient client = RedisClient.create(Farm.shared().redis().uri());
    try (var connection = client.connect()) {
      List<String> keys = connection.sync().keys("shared-redis:eshop.identity:session:*");
      if (!keys.isEmpty()) {
        connection.sync().del(keys.toArray(String[]::new));
      }
    } finally {
      client.shutdown();
    }
  }

  @Test
  void personSeesWhereTheyAreSignedInAndEndsTheOtherSessionOnEveryReplica() {
    Browser here = signedIn(one, "alice");
    Browser there = signedIn(two, "alice");

    String page = here.get(two, PAGE).body();
    assertThat(shown(page)).as(page).hasSize(2).containsOnlyOnce(true);
    assertThat(page)
        .contains("Java-http-client", "127.0.0.1", "by identity-1", "by identity-2", "This one")
        .doesNotContain(here.cookies().get("identity.session"))
        .doesNotContain(there.cookies().get("identity.session"));

    HttpResponse<String> ended = end(here, two, other(page));
    assertThat(Browser.location(ended)).endsWith(PAGE);
    assertThat(shown(here.get(one, PAGE).body())).containsExactly(true);
    for (Replica replica : List.of(one, two)) {
      HttpResponse<String> next = there.get(replica, "/identity/account");
      assertThat(next.statusCode()).isEqualTo(302);
      assertThat(Browser.location(next)).endsWith("/identity/login");
      assertThat(here.get(replica, "/identity/account").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void allSessionsEndButTheOneThatAsks() {
    Browser here = signedIn(one, "alice");
    List<Browser> others = List.of(signedIn(one, "alice"), signedIn(two, "alice"));
    Browser bob = signedIn(two, "bob");
    assertThat(Browser.location(endOthers(two, here))).endsWith(PAGE);
    for (Browser other : others) {
      assertThat(other.get(one, "/identity/account").statusCode()).isEqualTo(302);
    }
    assertThat(shown(here.get(one, PAGE).body())).containsExactly(true);
    assertThat(bob.get(one, "/identity/account").statusCode()).isEqualTo(200);
  }

  @Test
  void sessionOfSomebodyElseIsNotFoundAndGoesOn() {
    Browser alice = signedIn(one, "alice");
    Browser bob = signedIn(two, "bob");
    String page = alice.get(one, PAGE).body();
    String bobs = ids(bob.get(two, PAGE).body()).get(0);
    assertThat(ids(page)).doesNotContain(bobs);
    for (String id : List.of(bobs, "nonsense", "AAAAAAAAAAAAAAAAAAAAAA")) {
      HttpResponse<String> refused = end(alice, one, id);
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.body()).contains("There is nothing here");
    }
    assertThat(bob.get(one, "/identity/account").statusCode()).isEqualTo(200);
  }

  @Test
  void nobodyEndsSessionsWithoutBeingSignedInOrWithoutTheTokenOfTheForm() {
    assertThat(Browser.location(new Browser().get(one, PAGE))).endsWith("/identity/login");
    Browser here = signedIn(one, "alice");
    Browser there = signedIn(two, "alice");
    String page = here.get(one, PAGE).body();
    assertThat(
            here.post(one, PAGE + "/" + other(page) + "/end", Map.of("field", "none")).statusCode())
        .isEqualTo(403);
    assertThat(here.post(one, PAGE + "/end-others", Map.of("field", "none")).statusCode())
        .isEqualTo(403);
    assertThat(there.get(one, "/identity/account").statusCode()).isEqualTo(200);
  }

  @Test
  void signInBeyondTheLimitGetsTheFormAgainWithTheReasonAndWorksWhenAnotherSessionHasEnded() {
    Browser here = signedIn(one, "alice");
    for (int i = 1; i < LIMIT; i++) {
      signedIn(two, "alice");
    }
    Browser late = new Browser();
    HttpResponse<String> refused = late.signIn(one, two, "/identity/login", "alice", "Pass123$");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body())
        .contains("You are signed in at as many places as allowed", "name=\"password\"");
    assertThat(late.cookies()).doesNotContainKey("identity.session");
    assertThat(here.get(two, "/identity/account").statusCode()).isEqualTo(200);

    endOthers(one, here);
    Map<String, String> typed = Map.of("username", "alice", "password", "Pass123$");
    HttpResponse<String> again =
        late.post(two, "/identity/login", Browser.form(refused.body(), typed));
    assertThat(again.statusCode()).as(again.body()).isEqualTo(302);
    assertThat(late.get(one, "/identity/account").statusCode()).isEqualTo(200);
  }

  @Test
  void replicaThatStandsAloneHasNoSuchPage() {
    Map<String, Object> environment = Farm.shared().environment("identity-3");
    environment.put("IsClusterEnv", "false");
    for (String redis :
        List.of("DPConnectionString", "SignalrStoreConnectionString", "SESSION_REDIS_URL")) {
      environment.remove(redis);
    }
    try (Replica alone = Replica.start("identity-3", environment)) {
      alone.awaitReady();
      Browser browser = signedIn(alone, "alice");
      assertThat(browser.get(alone, "/identity/account").statusCode()).isEqualTo(200);
      assertThat(browser.get(alone, PAGE).statusCode()).isEqualTo(404);
    }
  }

  private static Browser signedIn(Replica replica, String name) {
    Browser browser = new Browser();
    HttpResponse<String> answer =
        browser.signIn(replica, replica, "/identity/login", name, "Pass123$");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return browser;
  }

  private static HttpResponse<String> end(Browser browser, Replica replica, String id) {
    return browser.post(replica, PAGE + "/" + id + "/end", token(replica, browser));
  }

  private static HttpResponse<String> endOthers(Replica replica, Browser browser) {
    return browser.post(replica, PAGE + "/end-others", token(replica, browser));
  }

  /** The hidden field of a form that is always there. */
  private static Map<String, String> token(Replica replica, Browser browser) {
    return Browser.form(browser.get(replica, "/identity/account").body(), Map.of());
  }

  /** For each session that is shown, whether it is the one that asks. */
  private static List<Boolean> shown(String page) {
    return SHOWN.matcher(page).results().map(found -> Boolean.valueOf(found.group(2))).toList();
  }

  private static List<String> ids(String page) {
    return SHOWN.matcher(page).results().map(found -> found.group(1)).toList();
  }

  private static String other(String page) {
    List<String> others = new ArrayList<>();
    Matcher matcher = SHOWN.matcher(page);
    while (matcher.find()) {
      if (matcher.group(2).equals("false")) {
        others.add(matcher.group(1));
      }
    }
    assertThat(others).hasSize(1);
    return others.get(0);
  }
}
