package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sign-ins that are refused, by the limit or because Redis is away: a page that says why. */
class SessionRefusalsIT {

  private static final int LIMIT = 2;

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    one = replica("one");
    two = replica("two");
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    redis.close();
  }

  @BeforeEach
  void nobodyIsSignedIn() {
    one.getBean(UserSessions.class).endAll("alice");
  }

  @Test
  void signInBeyondTheLimitIsRefusedWithAPageThatSaysWhyAndThoseBeforeGoOn() throws Exception {
    String first = signIn(one, null);
    String second = signIn(two, null);
    HttpResponse<String> refused = login(one, null);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(refused.body()).contains("as many sessions as this site allows");
    assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(refused.headers().firstValue("X-Replica")).contains("one");
    assertThat(get(two, "/me", first).body()).isEqualTo("alice");
    assertThat(get(one, "/me", second).body()).isEqualTo("alice");

    post(two, "/logout", first, "");
    assertThat(login(one, second).statusCode()).as("again in the same session").isEqualTo(302);
    signIn(one, null);
  }

  @Test
  void sessionThatIsRefusedItsSignInStaysWhatItWas() throws Exception {
    signIn(one, null);
    signIn(two, null);
    String anonymous = cookie(get(one, "/set?name=cart&value=mug", null));
    HttpResponse<String> refused = login(two, anonymous);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(get(one, "/all", anonymous).body()).isEqualTo("{cart=mug}");
    assertThat(get(one, "/me", anonymous).statusCode()).isEqualTo(302);
  }

  /** Wherever the session is saved: after the answer was made, or in the middle of a large one. */
  @Test
  void signInByAControllerIsRefusedInTheSameWay() throws Exception {
    signIn(one, null);
    signIn(two, null);
    for (String path : List.of("/signin?size=10", "/signin?size=100000")) {
      HttpResponse<String> refused =
          http.send(
              request(one, path, null).header("Accept", "application/json").GET().build(),
              BodyHandlers.ofString());
      assertThat(refused.statusCode()).as(path).isEqualTo(409);
      assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(refused.body()).contains("\"status\":409", "as many sessions as allowed");
      assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void signInsAtTheSameTimeCannotExceedTheLimit() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(
          http.sendAsync(loginRequest(i % 2 == 0 ? one : two, null), BodyHandlers.ofString()));
    }
    int kept = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> done = answer.join();
      assertThat(done.statusCode()).isIn(302, 409);
      if (done.statusCode() == 302) {
        kept++;
      }
    }
    assertThat(kept).isEqualTo(LIMIT);
  }

  @Test
  void whatMayBeAnonymousIsReadOnlyWhileRedisIsAwayAndASignInIsRefusedWithAPage() throws Exception {
    String session = cookie(get(one, "/set?name=cart&value=mug", null));
    redis.pause();
    try {
      HttpResponse<String> anonymous = get(one, "/all", session);
      assertThat(anonymous.statusCode()).isEqualTo(200);
      assertThat(anonymous.body()).isEqualTo("no session");
      assertThat(anonymous.headers().allValues("Set-Cookie")).isEmpty();
      for (HttpResponse<String> refused :
          List.of(
              login(one, session),
              login(one, null),
              post(one, "/logout", session, ""),
              get(one, "/set?name=cart&value=cup", session))) {
        assertThat(refused.statusCode()).as(refused.request().toString()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(refused.body())
            .contains("nothing was done and nobody was signed in")
            .doesNotContain("http-equiv=\"refresh\"");
      }
      HttpResponse<String> other = get(one, "/me", session);
      assertThat(other.statusCode()).isEqualTo(503);
      assertThat(other.body()).contains("You are still signed in", "http-equiv=\"refresh\"");
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get(one, "/all", session).body().equals("{cart=mug}"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void signInThatRedisGotTooLateTakesNoPlace(boolean hadSession) throws Exception {
    String before = hadSession ? cookie(get(one, "/set?name=cart&value=mug", null)) : null;
    redis.pause();
    try {
      assertThat(login(one, before).statusCode()).isEqualTo(503);
    } finally {
      redis.resume();
    }
    UserSessions sessions = two.getBean(UserSessions.class);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> sessions.count("alice") == 0);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> login(one, null).statusCode() == 302);
    assertThat(sessions.count("alice")).isEqualTo(1);
  }

  private String signIn(ConfigurableApplicationContext replica, String session) throws Exception {
    HttpResponse<String> answer = login(replica, session);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return cookie(answer);
  }

  private HttpResponse<String> login(ConfigurableApplicationContext replica, String session)
      throws Exception {
    return http.send(loginRequest(replica, session), BodyHandlers.ofString());
  }

  private static HttpRequest loginRequest(ConfigurableApplicationContext replica, String session) {
    return form(replica, "/login", session, "username=alice&password=Pass123$");
  }

  private HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, String session, String form)
      throws Exception {
    return http.send(form(replica, path, session, form), BodyHandlers.ofString());
  }

  private static HttpRequest form(
      ConfigurableApplicationContext replica, String path, String session, String form) {
    return request(replica, path, session)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "text/html")
        .POST(BodyPublishers.ofString(form))
        .build();
  }

  private HttpResponse<String> get(
      ConfigurableApplicationContext replica, String path, String session) throws Exception {
    return http.send(
        request(replica, path, session).header("Accept", "text/html").GET().build(),
        BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String session) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(20));
    return session == null ? request : request.header("Cookie", "SESSION=" + session);
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("SESSION="))
        .reduce((early, late) -> late)
        .orElseThrow()
        .split("[=;]")[1];
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(SessionRacesIT.App.class, SignInController.class)
        .run(
            "--server.port=0",
            "--spring.application.name=refusals",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            "--shared-redis.session.max-sessions-per-user=" + LIMIT,
            "--shared-redis.session.beyond-limit=refuse",
            "--shared-redis.session.when-unavailable.anonymous=/all,/set,/login,/logout",
            "--shared-redis.drain.notice=0s");
  }

  /** Signs in without any of Spring Security's filters. */
  @RestController
  static class SignInController {

    @GetMapping("/signin")
    String signIn(HttpServletRequest request, HttpServletResponse response, int size) {
      var alice = UsernamePasswordAuthenticationToken.authenticated("alice", null, List.of());
      new HttpSessionSecurityContextRepository()
          .saveContext(new SecurityContextImpl(alice), request, response);
      return "x".repeat(size);
    }
  }
}
