package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Two replicas of one application over one Redis, with Spring Session's repository. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionIT {

  /** For an answer while Redis is away. */
  private static final Duration PROMISED = Duration.ofSeconds(1);

  /** Nothing hangs: the driver's own default would be sixty seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  RedisServer redis;
  ConfigurableApplicationContext first;
  ConfigurableApplicationContext second;

  private final HttpClient http = HttpClient.newHttpClient();

  /** Value of {@code shared-redis.session.store}. */
  String store() {
    return "spring-session";
  }

  @BeforeAll
  void start() {
    redis = RedisServer.startOwn();
    first = replica("one", redis.url());
    second = replica("two", redis.url());
  }

  @AfterAll
  void stop() {
    first.close();
    second.close();
    redis.close();
  }

  @BeforeEach
  void redisIsThere() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(first, "/hc", null).statusCode() == 200
                    && get(second, "/hc", null).statusCode() == 200);
  }

  @Test
  void sessionOfOneReplicaIsKnownOnAnotherAndEndsOnBoth() throws Exception {
    String cookie = signIn(first);
    assertThat(get(second, "/me", cookie).body()).isEqualTo("alice");
    assertThat(get(first, "/count", cookie).body()).isEqualTo("1");
    assertThat(get(second, "/count", cookie).body()).isEqualTo("2");
    post(second, "/logout", cookie, "");
    assertThat(get(first, "/me", cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void sessionCookieCannotBeReadByScriptsAndIsNotSentAcrossSites() throws Exception {
    assertThat(
            post(first, "/login", null, "username=alice&password=Pass123$")
                .headers()
                .allValues("Set-Cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("shop.session=")
                    .contains("Path=/;")
                    .contains("HttpOnly")
                    .contains("SameSite=Lax")
                    .doesNotContain("Secure"));
  }

  @Test
  void sessionLiesUnderOurKeyAsJsonWithAnEnd() throws Exception {
    signIn(first);
    redis(
        client -> {
          var commands = client.connect().sync();
          List<String> keys = commands.keys("shared-redis:session-test:session:{*}");
          assertThat(keys).isNotEmpty();
          assertThat(commands.keys("*sessions:*")).isEmpty();
          String key = keys.get(0);
          assertThat(commands.ttl(key)).isPositive();
          assertThat(commands.hget(key, "creationTime")).contains("java.lang.Long");
        });
  }

  @Test
  void typeNameThatIsNotAllowedMakesTheRequestAnonymousAndNotAnError() throws Exception {
    String cookie = signIn(first);
    forgeSecurityContext();
    assertThat(get(first, "/me", cookie).statusCode()).isEqualTo(302);
    assertThat(get(second, "/count", cookie).statusCode()).isEqualTo(302);
  }

  void forgeSecurityContext() {
    redis(
        client -> {
          var commands = client.connect().sync();
          for (String key : commands.keys("shared-redis:session-test:session:{*}")) {
            commands.hset(
                key,
                "sessionAttr:SPRING_SECURITY_CONTEXT",
                "{\"@class\":\"javax.management.loading.MLet\",\"x\":1}");
          }
        });
  }

  @Test
  void sessionWhoseHashIsIncompleteCountsAsGone() throws Exception {
    String cookie = signIn(first);
    redis(
        client -> {
          var commands = client.connect().sync();
          for (String key : commands.keys("shared-redis:session-test:session:{*}*")) {
            if (commands.type(key).equals("hash")) {
              commands.hdel(key, "creationTime", "c");
            }
          }
        });
    assertThat(get(first, "/me", cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void requestUnderWayWhenItsSessionIsSignedOutIsNoError() throws Exception {
    String cookie = signIn(first);
    CompletableFuture<HttpResponse<String>> slow =
        http.sendAsync(request(first, "/slow", cookie).GET().build(), BodyHandlers.ofString());
    assertThat(App.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    post(second, "/logout", cookie, "");
    App.goOn.release();
    assertThat(slow.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    // What it wrote did not bring the session back.
    assertThat(get(first, "/me", cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void redisThatIsKilledGives503AndRetryAfterInTimeAndIsBackByItself() throws Exception {
    String cookie = signIn(first);
    redis.stop();
    try {
      for (int i = 0; i < 8; i++) {
        assertUnavailable(get(first, "/me", cookie));
      }
      // Nor does it help when the application has an answer of its own to every exception.
      assertUnavailable(get(first, "/lazy", cookie));
      // Who has no session is served on, and the probes know what is shared and what is not.
      assertThat(get(first, "/open", null).statusCode()).isEqualTo(200);
      assertThat(get(first, "/readiness", null).statusCode()).isEqualTo(200);
      assertThat(get(first, "/hc", null).statusCode()).isEqualTo(503);
    } finally {
      redis.startAgain();
    }
    awaitSignedIn(cookie);
  }

  /**
   * The promise for a request that finds Redis hanging, the circuit still closed: each time Redis
   * answers in between. A machine that is busy now and then is not held against it.
   */
  @Test
  void firstRequestsThatFindRedisHangingAreAnswered503WithinASecond() throws Exception {
    String cookie = signIn(first);
    assertWithinASecond(
        cookie,
        pause -> {
          pause.run();
          return () -> get(first, "/me", cookie);
        });
  }

  @Test
  void signInsThatFindRedisHangingAreAnswered503WithinASecond() throws Exception {
    String cookie = signIn(first);
    for (String before : new String[] {null, cookie}) {
      assertWithinASecond(
          cookie,
          pause -> {
            pause.run();
            return () -> post(first, "/login", before, "username=alice&password=Pass123$");
          });
    }
  }

  /** The session was read, then Redis hangs. */
  @Test
  void requestsThatCannotSaveWhatTheyChangedAreAnswered503WithinASecond() throws Exception {
    String cookie = signIn(first);
    assertWithinASecond(
        cookie,
        pause -> {
          CompletableFuture<HttpResponse<String>> slow =
              http.sendAsync(
                  request(first, "/slow", cookie).GET().build(), BodyHandlers.ofString());
          assertThat(App.arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
          pause.run();
          return () -> {
            App.goOn.release();
            return slow.get(30, TimeUnit.SECONDS);
          };
        });
  }

  private void assertWithinASecond(String cookie, Attempt attempt) throws Exception {
    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < 20 && quickest.compareTo(PROMISED) >= 0; i++) {
      try {
        Callable<HttpResponse<String>> request = attempt.prepare(redis::pause);
        long begin = System.nanoTime();
        HttpResponse<String> answer = request.call();
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        assertUnavailable(answer);
        quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
      } finally {
        redis.resume();
      }
      awaitSignedIn(cookie);
    }
    assertThat(quickest).isLessThan(PROMISED);
  }

  /** Gets a request ready, and stalls Redis where it is to be met. */
  private interface Attempt {
    Callable<HttpResponse<String>> prepare(Runnable pause) throws Exception;
  }

  @Test
  void redisThatHangsIsNotWaitedForOnceItIsKnownAndIsBackByItself() throws Exception {
    String cookie = signIn(first);
    redis.pause();
    try {
      for (int i = 0; i < 8; i++) {
        assertUnavailable(get(first, "/me", cookie));
      }
      // By now the circuit is open and requests are refused without a wait, but for those that
      // are let through to try. Nobody who waits for the deadline is back in half of it.
      Duration halfTheDeadline = Duration.ofMillis(250);
      assertThat(
              Stream.generate(() -> duration("/me", cookie))
                  .limit(100)
                  .anyMatch(taken -> taken.compareTo(halfTheDeadline) < 0))
          .isTrue();
      assertThat(get(first, "/hc", null).statusCode()).isEqualTo(503);
      assertThat(get(first, "/readiness", null).statusCode()).isEqualTo(200);
    } finally {
      redis.resume();
    }
    awaitSignedIn(cookie);
  }

  @Test
  void outagePageIsWrittenForPeopleAndForPrograms() throws Exception {
    String cookie = signIn(first);
    redis.pause();
    try {
      HttpRequest request =
          request(first, "/me", cookie).header("Accept", "text/html,*/*").GET().build();
      HttpResponse<String> page = http.send(request, BodyHandlers.ofString());
      assertUnavailable(page);
      assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
      assertThat(page.body()).contains("still signed in");
      HttpResponse<String> problem = get(first, "/me", cookie);
      assertThat(problem.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    } finally {
      redis.resume();
    }
  }

  @Test
  void redisThatIsAwayAtTheStartIsJoinedWhenItComes() throws Exception {
    try (RedisServer late = RedisServer.startOwn()) {
      late.stop();
      ConfigurableApplicationContext replica = replica("late", late.url());
      try {
        assertThat(get(replica, "/readiness", null).statusCode()).isEqualTo(503);
        assertThat(get(replica, "/liveness", null).statusCode()).isEqualTo(200);
        assertThat(get(replica, "/hc", null).statusCode()).isEqualTo(503);
        late.startAgainEmpty();
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> get(replica, "/readiness", null).statusCode() == 200);
        assertThat(get(replica, "/me", signIn(replica)).body()).isEqualTo("alice");
      } finally {
        replica.close();
      }
    }
  }

  private Duration duration(String path, String cookie) {
    long begin = System.nanoTime();
    try {
      assertUnavailable(get(first, path, cookie));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private void assertUnavailable(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    assertThat(response.headers().firstValue("X-Replica")).contains("one");
    assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
  }

  void awaitSignedIn(String cookie) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(first, "/me", cookie).body()).isEqualTo("alice"));
  }

  String signIn(ConfigurableApplicationContext replica) throws Exception {
    return post(replica, "/login", null, "username=alice&password=Pass123$")
        .headers()
        .allValues("Set-Cookie")
        .stream()
        .filter(cookie -> cookie.startsWith("shop.session="))
        .reduce((early, late) -> late)
        .orElseThrow()
        .split(";")[0];
  }

  HttpResponse<String> get(ConfigurableApplicationContext replica, String path, String cookie)
      throws IOException, InterruptedException {
    return http.send(request(replica, path, cookie).GET().build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, String cookie, String form)
      throws Exception {
    return http.send(
        request(replica, path, cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(PATIENCE);
    return cookie == null ? request : request.header("Cookie", cookie);
  }

  private ConfigurableApplicationContext replica(String name, String redisUrl) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=session-test",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redisUrl,
            "--shared-redis.session.store=" + store(),
            "--shared-redis.session.cookie.name=shop.session",
            "--shared-redis.drain.notice=0s");
  }

  void redis(Consumer<RedisClient> work) {
    RedisClient client = RedisClient.create(redis.uri());
    try {
      work.accept(client);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class App {

    static final Semaphore arrived = new Semaphore(0);
    static final Semaphore goOn = new Semaphore(0);

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/open", "/lazy", "/nowhere")
                      .permitAll()
                      .anyRequest()
                      .authenticated())
          .formLogin(Customizer.withDefaults())
          .csrf(csrf -> csrf.disable())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("alice").password("{noop}Pass123$").roles("USER").build());
    }

    @GetMapping("/open")
    String open() {
      return "open";
    }

    @GetMapping("/me")
    String me(Principal principal) {
      return principal.getName();
    }

    /** Open to everybody, so that nobody looks at the session before the controller. */
    @GetMapping("/lazy")
    String lazy(HttpServletRequest request) {
      return String.valueOf(request.getSession().getAttribute("count"));
    }

    @ExceptionHandler
    ResponseEntity<String> anything(Exception failure) {
      return ResponseEntity.internalServerError().body("swallowed " + failure);
    }

    @GetMapping("/slow")
    String slow(HttpSession session) throws InterruptedException {
      session.setAttribute("slow", "begun");
      arrived.release();
      goOn.acquire();
      session.setAttribute("slow", "done");
      return "done";
    }

    @GetMapping("/count")
    String count(HttpSession session) {
      Integer count = (Integer) session.getAttribute("count");
      session.setAttribute("count", count == null ? 1 : count + 1);
      return String.valueOf(session.getAttribute("count"));
    }
  }
}
