package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.session.SessionsUnavailableException;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
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

  private final Visitor visitor = new Visitor("text/html");
  private final Visitor program = new Visitor("application/json");

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

  /** Waits for a Redis that another test took away. */
  @BeforeEach
  void nobodyIsSignedIn() {
    for (ConfigurableApplicationContext replica : List.of(one, two)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(40))
          .ignoreException(SessionsUnavailableException.class)
          .until(() -> replica.getBean(UserSessions.class).endAll("alice") == 0);
    }
  }

  @Test
  void signInBeyondTheLimitIsRefusedWithAPageThatSaysWhyAndThoseBeforeGoOn() throws Exception {
    String first = signIn(one, null);
    String second = signIn(two, null);
    HttpResponse<String> refused = visitor.signInAnswer(one, null);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(refused.body()).contains("as many sessions as this site allows");
    assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(refused.headers().firstValue("X-Replica")).contains("one");
    assertThat(visitor.get(two, "/me", first).body()).isEqualTo("alice");
    assertThat(visitor.get(one, "/me", second).body()).isEqualTo("alice");

    visitor.signOut(two, first);
    assertThat(visitor.signInAnswer(one, second).statusCode())
        .as("again in the same session")
        .isEqualTo(302);
    signIn(one, null);
  }

  @Test
  void sessionThatIsRefusedItsSignInStaysWhatItWas() throws Exception {
    signIn(one, null);
    signIn(two, null);
    String anonymous = visitor.begin(one);
    HttpResponse<String> refused = visitor.signInAnswer(two, anonymous);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(visitor.get(one, "/all", anonymous).body()).isEqualTo("{cart=mug}");
    assertThat(visitor.get(one, "/me", anonymous).statusCode()).isEqualTo(302);
  }

  /** Wherever the session is saved: after the answer was made, or in the middle of a large one. */
  @Test
  void signInByAControllerIsRefusedInTheSameWay() throws Exception {
    signIn(one, null);
    signIn(two, null);
    for (String path : List.of("/signin?size=10", "/signin?size=100000")) {
      HttpResponse<String> refused = program.get(one, path, null);
      assertThat(refused.statusCode()).as(path).isEqualTo(409);
      assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(refused.body()).contains("\"status\":409", "as many sessions as allowed");
      assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }
  }

  /** Whoever frames or sniffs pages would wait for the one page that lacks the headers. */
  @Test
  void refusalHasTheHeadersOfEveryAnswerAndNoneOfTheOneThatItReplaces() throws Exception {
    signIn(one, null);
    signIn(two, null);
    for (String path : List.of("/signin?size=10", "/signin?size=100000")) {
      assertHeaders(visitor.get(one, path, null), 409);
    }
    assertHeaders(visitor.signInAnswer(one, null), 409);
    String session = visitor.begin(one);
    redis.pause();
    try {
      assertHeaders(visitor.get(one, "/me", session), 503);
      assertHeaders(visitor.get(one, "/remove?name=cart", session), 503);
    } finally {
      redis.resume();
    }
  }

  private static void assertHeaders(HttpResponse<String> refusal, int status) {
    HttpHeaders headers = refusal.headers();
    assertThat(refusal.statusCode()).as("%s", refusal.request()).isEqualTo(status);
    assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(headers.allValues("X-Frame-Options")).containsExactly("DENY");
    assertThat(headers.allValues("Cache-Control")).containsExactly("no-store");
    assertThat(headers.allValues("X-Replica")).containsExactly("one");
    assertThat(headers.allValues("X-Of-A-Filter")).containsExactly("first", "second");
    assertThat(headers.map())
        .doesNotContainKeys("etag", "content-disposition", "location", "set-cookie");
  }

  /** On a machine that is too busy to answer all of them it is held against another dozen. */
  @Test
  void signInsAtTheSameTimeCannotExceedTheLimit() throws Exception {
    for (int attempt = 0; attempt < 10; attempt++) {
      nobodyIsSignedIn();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        answers.add(visitor.signingIn(i % 2 == 0 ? one : two));
      }
      List<Integer> statuses = new ArrayList<>();
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        statuses.add(answer.get(60, TimeUnit.SECONDS).statusCode());
      }
      assertThat(statuses).isSubsetOf(302, 409, 503);
      assertThat(Collections.frequency(statuses, 302)).isLessThanOrEqualTo(LIMIT);
      if (!statuses.contains(503)) {
        assertThat(Collections.frequency(statuses, 302)).isEqualTo(LIMIT);
        assertThat(two.getBean(UserSessions.class).count("alice")).isEqualTo(LIMIT);
        return;
      }
    }
    throw new AssertionError("every dozen met a deadline");
  }

  @Test
  void whatMayBeAnonymousIsReadOnlyWhileRedisIsAwayAndASignInIsRefusedWithAPage() throws Exception {
    String session = visitor.begin(one);
    redis.pause();
    try {
      HttpResponse<String> anonymous = visitor.get(one, "/all", session);
      assertThat(anonymous.statusCode()).isEqualTo(200);
      assertThat(anonymous.body()).isEqualTo("no session");
      assertThat(anonymous.headers().allValues("Set-Cookie")).isEmpty();
      for (HttpResponse<String> refused :
          List.of(
              visitor.signInAnswer(one, session),
              visitor.signInAnswer(one, null),
              visitor.signOut(one, session),
              visitor.get(one, "/set?name=cart&value=cup", session))) {
        assertThat(refused.statusCode()).as(refused.request().toString()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(refused.body())
            .contains("nothing was done and nobody was signed in")
            .doesNotContain("http-equiv=\"refresh\"");
      }
      HttpResponse<String> other = visitor.get(one, "/me", session);
      assertThat(other.statusCode()).isEqualTo(503);
      assertThat(other.body()).contains("You are still signed in", "http-equiv=\"refresh\"");
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> visitor.get(one, "/all", session).body().equals("{cart=mug}"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void signInThatRedisGotTooLateTakesNoPlace(boolean hadSession) throws Exception {
    String before = hadSession ? visitor.begin(one) : null;
    redis.pause();
    try {
      assertThat(visitor.signInAnswer(one, before).statusCode()).isEqualTo(503);
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
        .until(() -> visitor.signInAnswer(one, null).statusCode() == 302);
    assertThat(sessions.count("alice")).isEqualTo(1);
  }

  private String signIn(ConfigurableApplicationContext replica, String session) throws Exception {
    HttpResponse<String> answer = visitor.signInAnswer(replica, session);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return Visitor.cookie(answer);
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(SessionRacesIT.App.class, SignInController.class)
        .run(
            "--server.port=0",
            "--spring.application.name=refusals",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            // Long enough for a busy machine, short enough to wait for.
            "--shared-redis.redis.command-timeout=2s",
            "--shared-redis.session.max-sessions-per-user=" + LIMIT,
            "--shared-redis.session.beyond-limit=refuse",
            "--shared-redis.session.when-unavailable.anonymous=/all,/set,/login,/logout",
            "--shared-redis.drain.notice=0s");
  }

  /** Signs in without any of Spring Security's filters. */
  @RestController
  static class SignInController {

    /** A filter that is none of ours and none of Spring Security's. */
    @Bean
    FilterRegistrationBean<Filter> filter() {
      FilterRegistrationBean<Filter> first =
          new FilterRegistrationBean<>(
              (request, response, chain) -> {
                ((HttpServletResponse) response).addHeader("X-Of-A-Filter", "first");
                ((HttpServletResponse) response).addHeader("X-Of-A-Filter", "second");
                chain.doFilter(request, response);
              });
      first.setOrder(Ordered.HIGHEST_PRECEDENCE);
      return first;
    }

    @GetMapping("/signin")
    String signIn(HttpServletRequest request, HttpServletResponse response, int size) {
      response.setHeader("ETag", "\"1\"");
      response.setHeader("Content-Disposition", "attachment");
      var alice = UsernamePasswordAuthenticationToken.authenticated("alice", null, List.of());
      new HttpSessionSecurityContextRepository()
          .saveContext(new SecurityContextImpl(alice), request, response);
      return "x".repeat(size);
    }
  }
}
