package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.session.SessionCookie;
import io.sharedredis.lettuce.session.CachedSessionStore;
import io.sharedredis.lettuce.session.SessionNews;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Applications whose session cookie is that of ASP.NET Core, and one that still writes its own. */
class DotnetSessionCookieIT {

  private static final String NAME = ".AspNetCore.Session";

  private static RedisServer redis;
  private static ConfigurableApplicationContext dotnet;
  private static ConfigurableApplicationContext before;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    dotnet =
        replica(
            "dotnet",
            "--shared-redis.session.cookie-format=dotnet",
            "--shared-redis.session.cookie.former-format=spring-session",
            "--shared-redis.session.l1.enabled=true",
            "--shared-redis.session.l1.ttl=2s");
    before = replica("before", "--shared-redis.session.cookie-format=spring-session");
  }

  @AfterAll
  static void stop() {
    dotnet.close();
    before.close();
    redis.close();
  }

  @Test
  void cookieIsThatOfDotNetAndItsSessionGoesThroughItsWholeLife() throws Exception {
    HttpResponse<String> first = get("/set?name=cart&value=mug", null);
    String header = setCookie(first, NAME).orElseThrow();
    assertThat(header).contains("; Path=/; HttpOnly; SameSite=Lax").doesNotContain("Secure");
    String cookie = header.split(";")[0];
    assertThat(key(cookie)).hasSize(36);
    assertThat(get("/all", cookie).body()).isEqualTo("{cart=mug}");
    HttpResponse<String> signedIn = signIn(dotnet, cookie);
    String after = setCookie(signedIn, NAME).orElseThrow().split(";")[0];
    assertThat(key(after)).isNotEqualTo(key(cookie));
    assertThat(get("/me", after).body()).isEqualTo("alice");
    assertThat(setCookie(get("/me", after), NAME)).as("written once").isEmpty();
    HttpResponse<String> out =
        http.send(
            request(dotnet, "/logout", after).POST(BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(setCookie(out, NAME).orElseThrow()).startsWith(NAME + "=;").contains("Max-Age=0");
    assertThat(get("/me", after).statusCode()).isEqualTo(302);
  }

  @Test
  void cookieThatNobodyIssuedIsNoSessionNoErrorAndCounted() throws Exception {
    String cookie = setCookie(get("/set?name=a&value=b", null), NAME).orElseThrow().split(";")[0];
    SessionCookies cookies = dotnet.getBean(SessionCookies.class);
    long refused = cookies.refused();
    List<String> bad =
        List.of(
            cookie.substring(0, cookie.length() - 8),
            cookie.substring(0, 60) + "A" + cookie.substring(61, cookie.length() - 1) + "B",
            NAME + "=" + key(cookie),
            NAME + "=!!");
    for (String one : bad) {
      HttpResponse<String> answer = get("/all", one);
      assertThat(answer.statusCode()).as(one).isEqualTo(200);
      assertThat(answer.body()).as(one).isEqualTo("no session");
    }
    assertThat(cookies.refused()).isEqualTo(refused + bad.size());
    assertThat(
            dotnet
                .getBean(MeterRegistry.class)
                .get("shared-redis.session.refused-cookies")
                .functionCounter()
                .count())
        .isEqualTo(refused + bad.size());
  }

  @Test
  void sessionOfAFormerCookieGoesOnUnderTheNewOneAndBack() throws Exception {
    String former = setCookie(signIn(before, null), "SESSION").orElseThrow().split(";")[0];
    HttpResponse<String> changed = get("/me", former);
    assertThat(changed.body()).isEqualTo("alice");
    String cookie = setCookie(changed, NAME).orElseThrow().split(";")[0];
    HttpResponse<String> next = get("/me", cookie + "; " + former);
    assertThat(next.body()).isEqualTo("alice");
    assertThat(setCookie(next, NAME)).isEmpty();
    // A replica that was not changed yet: the cookie under its own name still serves.
    assertThat(http.send(request(before, "/me", former).build(), BodyHandlers.ofString()).body())
        .isEqualTo("alice");
    String renamed = cookie.replace(NAME, "SESSION");
    assertThat(http.send(request(before, "/me", renamed).build(), BodyHandlers.ofString()).body())
        .isEqualTo("alice");
  }

  @Test
  void formerCookieIsRefusedAndCountedWhereNothingSaysThatTheFarmChanges() throws Exception {
    String former = setCookie(signIn(before, null), "SESSION").orElseThrow().split(";")[0];
    String protectedOne = setCookie(signIn(dotnet, null), NAME).orElseThrow().split(";")[0];
    try (ConfigurableApplicationContext changed =
        replica("changed", "--shared-redis.session.cookie-format=dotnet")) {
      SessionCookies cookies = changed.getBean(SessionCookies.class);
      for (String cookie : List.of(former, former.replace("SESSION", NAME))) {
        long refused = cookies.refused();
        HttpResponse<String> answer =
            http.send(request(changed, "/me", cookie).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(cookie).isEqualTo(302);
        assertThat(cookies.refused()).as(cookie).isEqualTo(refused + 1);
      }
      assertThat(
              http.send(request(changed, "/me", protectedOne).build(), BodyHandlers.ofString())
                  .body())
          .isEqualTo("alice");
    }
  }

  @Test
  void sessionThatWasReadAMomentAgoIsReadWithoutACommandUntilItEndsAnywhere() throws Exception {
    String cookie = setCookie(signIn(dotnet, null), NAME).orElseThrow().split(";")[0];
    CachedSessionStore kept = dotnet.getBean(SessionNews.class).cache();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              long hits = kept.hits();
              assertThat(get("/me", cookie).body()).isEqualTo("alice");
              assertThat(get("/me", cookie).body()).isEqualTo("alice");
              return kept.hits() > hits;
            });
    assertThat(before.getBean(UserSessions.class).endAll("alice")).isPositive();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get("/me", cookie).statusCode() == 302);
    assertThat(
            dotnet
                .getBean(MeterRegistry.class)
                .get("shared-redis.session.l1-hits")
                .functionCounter()
                .count())
        .isPositive();
  }

  private HttpResponse<String> signIn(ConfigurableApplicationContext replica, String cookie)
      throws Exception {
    return http.send(
        request(replica, "/login", cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("username=alice&password=Pass123$"))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String cookie) throws Exception {
    return http.send(request(dotnet, path, cookie).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(60));
    return cookie == null ? request : request.header("Cookie", cookie);
  }

  private static Optional<String> setCookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .reduce((early, late) -> late);
  }

  private static String key(String cookie) {
    return new SessionCookie(dotnet.getBean(DataProtectionProvider.class))
        .unprotect(URLDecoder.decode(cookie.split("=")[1], StandardCharsets.UTF_8))
        .orElseThrow();
  }

  private static ConfigurableApplicationContext replica(String name, String... more) {
    return new SpringApplicationBuilder(Metered.class)
        .run(
            Stream.concat(
                    Stream.of(
                        "--server.port=0",
                        "--spring.application.name=cookies",
                        "--REPLICA_NAME=" + name,
                        "--spring.data.redis.url=" + redis.url(),
                        "--shared-redis.session.store=shared",
                        "--shared-redis.redis.command-timeout=10s",
                        "--shared-redis.drain.notice=0s"),
                    Stream.of(more))
                .toArray(String[]::new));
  }

  @Configuration(proxyBeanMethods = false)
  @Import(SessionRacesIT.App.class)
  static class Metered {
    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }
}
