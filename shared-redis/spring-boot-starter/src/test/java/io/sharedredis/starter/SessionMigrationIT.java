package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that goes over to our store while people are signed in, and its outage pages. */
class SessionMigrationIT {

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext before;
  private static ConfigurableApplicationContext after;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    before = replica("before", "--shared-redis.session.store=spring-session");
    after =
        replica(
            "after",
            "--shared-redis.session.store=shared",
            "--shared-redis.session.migrate-from=spring-session",
            "--shared-redis.session.when-unavailable.anonymous=/all,/open/**");
  }

  @AfterAll
  static void stop() {
    before.close();
    after.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void sessionOfSpringSessionIsReadOnceAndGoesOnInOurStore() throws Exception {
    String old = signIn(before);
    get(before, "/set?name=cart&value=mug", old);
    HttpResponse<String> first = get(after, "/me", old);
    assertThat(first.body()).isEqualTo("alice");
    String cookie = cookie(first);
    assertThat(cookie).isNotEqualTo(old);
    assertThat(get(after, "/all", cookie).body()).contains("cart=mug");
    assertThat(raw.exists("shared-redis:migration:session:{" + id(old) + "}")).isZero();
    // Requests of the same page that still carry the former cookie are served too.
    assertThat(get(after, "/me", old).body()).isEqualTo("alice");
    http.send(
        request(after, "/logout", cookie).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
    assertThat(get(after, "/me", old).statusCode()).isEqualTo(302);
    assertThat(get(after, "/me", cookie).statusCode()).isEqualTo(302);
  }

  /** Once for each session; what it costs later is what every session costs. */
  @Test
  void movingASessionCostsSixCommandsAndACookieThatNobodyIssuedFour() throws Exception {
    String old = signIn(before);
    try (Monitor monitor = new Monitor(redis.uri())) {
      List<String> answers = new ArrayList<>();
      List<String> moving = monitor.during(() -> answers.add(cookie(get(after, "/me", old))));
      List<String> late = monitor.during(() -> get(after, "/me", old));
      List<String> later = monitor.during(() -> get(after, "/me", answers.get(0)));
      List<String> unknown =
          monitor.during(() -> get(after, "/all", Visitor.cookieOf(UUID.randomUUID().toString())));
      System.out.println("Commands to move a session: " + moving + ", late: " + late);
      assertThat(moving).hasSize(6);
      assertThat(late).hasSize(2);
      assertThat(later).hasSize(1);
      assertThat(unknown).hasSize(4);
    }
  }

  @Test
  void requestsThatMigrateOneSessionAtTheSameTimeAgreeOnItsNewId() throws Exception {
    String old = signIn(before);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(
          http.sendAsync(request(after, "/me", old).GET().build(), BodyHandlers.ofString()));
    }
    Set<String> cookies = new HashSet<>();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> first = answer.join();
      // A busy machine may miss the deadline of a command; browsers try again.
      HttpResponse<String> served =
          first.statusCode() != 503
              ? first
              : Awaitility.await()
                  .atMost(Duration.ofSeconds(20))
                  .until(() -> get(after, "/me", old), again -> again.statusCode() != 503);
      assertThat(served.body()).isEqualTo("alice");
      cookies.add(cookie(served));
    }
    assertThat(cookies).hasSize(1);
    assertThat(get(after, "/me", cookies.iterator().next()).body()).isEqualTo("alice");
  }

  @Test
  void poisonedHashThatSpringSessionLeftIsNoSessionAndNoError() throws Exception {
    String id = UUID.randomUUID().toString();
    raw.hset("spring:session:sessions:" + id, "lastAccessedTime", "1763805600000");
    raw.hset("spring:session:sessions:" + id, "sessionAttr:a", "\u00ac\u00ed\u0000\u0005t");
    String cookie = Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> answer = get(after, "/all", cookie);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("no session");
  }

  @Test
  void whateverLiesUnderSpringSessionsKeysIsNoError() throws Exception {
    String small = "[\"java.lang.Long\",1763805600000]";
    String timeout = "1800";
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      many.put("sessionAttr:n" + i, "1");
    }
    many.put("creationTime", small);
    many.put("maxInactiveInterval", timeout);
    for (Map<String, String> hash :
        List.of(
            Map.of("creationTime", small, "maxInactiveInterval", "\"long\""),
            Map.of("creationTime", "[\"java.lang.Long\",9223372036854775807]"),
            Map.of("creationTime", small, "maxInactiveInterval", "9223372036854775807"),
            Map.of("creationTime", "-9223372036854775808", "maxInactiveInterval", timeout),
            Map.of("creationTime", "9223372036854775807", "maxInactiveInterval", timeout),
            Map.of("creationTime", "1e300", "maxInactiveInterval", "1e300"),
            Map.of(
                "creationTime", small,
                "maxInactiveInterval", timeout,
                "sessionAttr:SPRING_SECURITY_CONTEXT", "\"alice\""),
            Map.of(
                "creationTime",
                small,
                "maxInactiveInterval",
                timeout,
                "sessionAttr:" + PRINCIPAL_NAME_INDEX_NAME,
                "7"),
            Map.of(
                "creationTime", small,
                "maxInactiveInterval", timeout,
                "sessionAttr:a", "[".repeat(5000)),
            many)) {
      String id = UUID.randomUUID().toString();
      raw.hset("spring:session:sessions:" + id, hash);
      assertNobody(id, hash);
    }
    String id = UUID.randomUUID().toString();
    raw.set("spring:session:sessions:" + id, "a text");
    raw.rpush("shared-redis:migration:session:{" + id + "}", "a list");
    assertNobody(id, Map.of());
  }

  private void assertNobody(String id, Map<String, String> hash) throws Exception {
    String cookie = Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 2; i++) {
      assertThat(get(after, "/all", cookie).statusCode()).as("%.200s", hash).isEqualTo(200);
      assertThat(get(after, "/me", cookie).statusCode()).as("%.200s", hash).isEqualTo(302);
    }
  }

  @Test
  void pathsThatMayBeAnonymousAreServedWhileRedisIsAwayAndNoCookieIsTouched() throws Exception {
    String cookie = cookie(get(after, "/set?name=cart&value=mug", null));
    redis.pause();
    try {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> anonymous = get(after, "/all", cookie);
        assertThat(anonymous.statusCode()).isEqualTo(200);
        assertThat(anonymous.body()).isEqualTo("no session");
        assertThat(anonymous.headers().allValues("Set-Cookie")).isEmpty();
        HttpResponse<String> other = get(after, "/set?name=cart&value=cup", cookie);
        assertThat(other.statusCode()).isEqualTo(503);
        assertThat(other.headers().allValues("Set-Cookie")).isEmpty();
      }
      HttpResponse<String> signIn = signInAnswer(after, cookie);
      assertThat(signIn.statusCode()).isEqualTo(503);
      assertThat(signIn.headers().allValues("Set-Cookie")).isEmpty();
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> get(after, "/all", cookie).body().equals("{cart=mug}"));
  }

  private String signIn(ConfigurableApplicationContext replica) throws Exception {
    return cookie(signInAnswer(replica, null));
  }

  private HttpResponse<String> signInAnswer(ConfigurableApplicationContext replica, String cookie)
      throws Exception {
    return http.send(
        request(replica, "/login", cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("username=alice&password=Pass123$"))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(
      ConfigurableApplicationContext replica, String path, String cookie) throws Exception {
    return http.send(request(replica, path, cookie).GET().build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(10));
    return cookie == null ? request : request.header("Cookie", "SESSION=" + cookie);
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("SESSION="))
        .reduce((early, late) -> late)
        .orElseThrow()
        .split("[=;]")[1];
  }

  private static String id(String cookie) {
    return new String(Base64.getDecoder().decode(cookie), StandardCharsets.UTF_8);
  }

  private static ConfigurableApplicationContext replica(String name, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--spring.application.name=migration",
                "--REPLICA_NAME=" + name,
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.drain.notice=0s"));
    settings.addAll(List.of(more));
    return new SpringApplicationBuilder(SessionRacesIT.App.class)
        .run(settings.toArray(String[]::new));
  }
}
