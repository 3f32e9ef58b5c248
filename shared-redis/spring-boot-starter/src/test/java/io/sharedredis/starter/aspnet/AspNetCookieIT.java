package io.sharedredis.starter.aspnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Spring Boot replicas beside ASP.NET Core on one Redis: the ring and the cookies are those that
 * ASP.NET Core was recorded to write.
 */
@ExtendWith(OutputCaptureExtension.class)
class AspNetCookieIT {

  private static final JsonNode RECORD = json("cookies.json");
  private static final MutableClock CLOCK = MutableClock.at(RECORD.get("now").asString());
  private static final String RING = "DataProtection-Keys";

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;
  private static ConfigurableApplicationContext identity;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    one = replica("Cookies");
    StringRedisTemplate template = one.getBean(StringRedisTemplate.class);
    template.delete(RING);
    json("keyrings.json")
        .get("rings")
        .valueStream()
        .filter(ring -> ring.get("name").asString().equals(RECORD.get("ring").asString()))
        .flatMap(ring -> ring.get("redis_items").valueStream())
        .forEach(item -> template.opsForList().rightPush(RING, text(item)));
    one.close();
    one = replica("Cookies");
    two = replica("Cookies");
    identity =
        replica(
            "Identity.Application",
            "--shared-redis.security.aspnet-cookie.issue=true",
            "--shared-redis.security.aspnet-cookie.persistent=true");
  }

  @AfterAll
  static void stop() {
    Stream.of(one, two, identity).forEach(ConfigurableApplicationContext::close);
    redis.close();
  }

  @BeforeEach
  void resetClock() {
    CLOCK.set(Instant.parse(RECORD.get("now").asString()));
  }

  @Test
  void cookieOfDotNetSignsItsUserInOnEveryReplica(CapturedOutput output) throws Exception {
    for (String cookie : recorded("Cookies")) {
      for (ConfigurableApplicationContext replica : List.of(one, two)) {
        HttpResponse<String> me = get(replica, "/me", cookie);
        assertThat(me.body()).isEqualTo("alice [ROLE_admin]");
        assertThat(setCookie(me, ".AspNetCore.Cookies")).as("young: not renewed").isEmpty();
        assertThat(get(replica, "/admin", cookie).statusCode()).isEqualTo(200);
      }
      assertThat(get(identity, "/me", cookie).body()).as("of another scheme").isEqualTo("nobody");
    }
    for (String cookie : recorded("Identity.Application")) {
      assertThat(get(identity, "/me", cookie).body()).isEqualTo("alice [ROLE_admin]");
      assertThat(get(one, "/me", cookie).body()).isEqualTo("nobody");
      assertThat(output).doesNotContain(cookie.substring(cookie.indexOf("CfDJ8"), 120));
    }
  }

  @Test
  void cookieThatIsNotGoodMeansNobodyAndNeverAnErrorOrALine(CapturedOutput output)
      throws Exception {
    String good = recorded("Cookies").get(0);
    List<String> bad = new ArrayList<>();
    RECORD
        .get("tampered")
        .valueStream()
        .filter(
            one ->
                !one.get("cookie_header").isNull()
                    && !one.get("result").isString()
                    && !text(one.get("cookie_header")).contains("{"))
        .forEach(one -> bad.add(text(one.get("cookie_header"))));
    bad.add(good.substring(0, good.length() - 40));
    bad.add(".AspNetCore.Cookies=chunks-999999999");
    bad.add(".AspNetCore.Cookies=%00%ff%zz");
    bad.add(".AspNetCore.Cookies=" + "A".repeat(20_000));
    assertThat(bad).hasSizeGreaterThan(6);
    for (String cookie : bad) {
      HttpResponse<String> me = get(one, "/me", cookie);
      assertThat(me.statusCode()).isEqualTo(200);
      assertThat(me.body()).as(cookie).isEqualTo("nobody");
      assertThat(get(one, "/admin", cookie).statusCode()).isEqualTo(403);
    }
    CLOCK.advance(Duration.ofDays(15));
    assertThat(get(two, "/me", good).body()).as("expired").isEqualTo("nobody");
    String value = good.substring(good.indexOf("CfDJ8"));
    assertThat(output).doesNotContain(value.substring(20, 60));
  }

  @Test
  void cookieIsRenewedInTheSecondHalfOfItsLife() throws Exception {
    String cookie = recorded("Cookies").get(0);
    CLOCK.advance(Duration.ofDays(8));
    HttpResponse<String> me = get(one, "/me", cookie);
    List<String> renewed = setCookie(me, ".AspNetCore.Cookies");
    assertThat(renewed).hasSize(1);
    assertThat(renewed.get(0)).endsWith("; path=/; samesite=lax; httponly");
    CLOCK.advance(Duration.ofDays(13));
    assertThat(get(two, "/me", cookie).body()).as("the old one").isEqualTo("nobody");
    assertThat(get(two, "/me", pair(renewed.get(0))).body()).isEqualTo("alice [ROLE_admin]");
  }

  @Test
  void formOfAUserWithClaimsIsAcceptedOnAnotherReplicaAndNotForSomebodyElse() throws Exception {
    String alice = recorded("Cookies").get(0);
    HttpResponse<String> page = get(one, "/me", alice);
    String half = pair(setCookie(page, ".AspNetCore.Antiforgery").get(0));
    String token = pair(setCookie(page, "XSRF-TOKEN").get(0)).substring("XSRF-TOKEN=".length());
    assertThat(post(two, "/order", alice + "; " + half, token).statusCode()).isEqualTo(200);
    assertThat(post(two, "/order", half, token).statusCode()).isEqualTo(403);
  }

  @Test
  void signInHereIssuesACookieThatDotNetReadsAndSignOutDeletesIt() throws Exception {
    HttpResponse<String> page = get(identity, "/me", "");
    String half = pair(setCookie(page, ".AspNetCore.Antiforgery").get(0));
    String token = pair(setCookie(page, "XSRF-TOKEN").get(0)).substring("XSRF-TOKEN=".length());
    HttpResponse<String> signedIn = post(identity, "/login?username=bob&password=pw", half, token);
    assertThat(signedIn.headers().firstValue("Location").orElse("")).doesNotContain("error");
    List<String> issued = setCookie(signedIn, ".AspNetCore.Identity.Application");
    assertThat(issued).hasSize(1);
    assertThat(issued.get(0))
        .endsWith("; expires=Sun, 29 Jun 2025 12:00:00 GMT; path=/; samesite=lax; httponly");

    Ticket ticket =
        new AuthenticationCookie(
                identity.getBean(DataProtectionProvider.class),
                "Identity.Application",
                AuthenticationCookie.defaultCookie("Identity.Application"),
                CLOCK)
            .read(RequestCookies.parse(pair(issued.get(0))))
            .orElseThrow();
    assertThat(ticket.identities().get(0).name()).contains("bob");
    assertThat(get(identity, "/me", pair(issued.get(0))).body())
        .as("without the session")
        .isEqualTo("bob [ROLE_buyer]");

    // The user is described alike by session and by cookie: a token is good for both.
    String session = pair(setCookie(signedIn, "SESSION").get(0));
    HttpResponse<String> bySession = get(identity, "/me", session + "; " + half);
    String renewed =
        pair(setCookie(bySession, "XSRF-TOKEN").get(0)).substring("XSRF-TOKEN=".length());
    assertThat(post(identity, "/order", pair(issued.get(0)) + "; " + half, renewed).statusCode())
        .isEqualTo(200);

    HttpResponse<String> out =
        post(identity, "/logout", pair(issued.get(0)) + "; " + half, renewed);
    assertThat(setCookie(out, ".AspNetCore.Identity.Application"))
        .containsExactly(
            ".AspNetCore.Identity.Application=; expires=Thu, 01 Jan 1970 00:00:00 GMT;"
                + " path=/; samesite=lax; httponly");
  }

  @Test
  void signInHereIssuesNothingUnlessAskedTo() throws Exception {
    HttpResponse<String> page = get(one, "/me", "");
    String half = pair(setCookie(page, ".AspNetCore.Antiforgery").get(0));
    String token = pair(setCookie(page, "XSRF-TOKEN").get(0)).substring("XSRF-TOKEN=".length());
    HttpResponse<String> signedIn = post(one, "/login?username=bob&password=pw", half, token);
    assertThat(setCookie(signedIn, "SESSION")).isNotEmpty();
    assertThat(setCookie(signedIn, ".AspNetCore.Cookies")).isEmpty();
  }

  /** What a browser sends of each cookie that was issued for a scheme. */
  private static List<String> recorded(String scheme) {
    return RECORD
        .get("cookies")
        .valueStream()
        .filter(one -> one.get("scheme").asString().equals(scheme))
        .filter(one -> one.has("set_cookie") && !one.get("set_cookie").isEmpty())
        .map(
            one ->
                one.get("set_cookie")
                    .valueStream()
                    .map(header -> pair(text(header)))
                    .collect(Collectors.joining("; ")))
        .toList();
  }

  private static String pair(String setCookie) {
    return setCookie.substring(0, setCookie.indexOf(';'));
  }

  private static List<String> setCookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(header -> header.startsWith(name))
        .toList();
  }

  private HttpResponse<String> get(
      ConfigurableApplicationContext replica, String path, String cookie) throws Exception {
    return http.send(request(replica, path, cookie).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, String cookie, String token)
      throws Exception {
    return http.send(
        request(replica, path, cookie)
            .header("X-XSRF-TOKEN", token)
            .POST(BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("Accept", "text/html");
    return cookie.isEmpty() ? request : request.header("Cookie", cookie);
  }

  private static ConfigurableApplicationContext replica(String scheme, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                // Four chunks are more than the 8 KB that Tomcat reads by default.
                "--server.max-http-request-header-size=32KB",
                "--spring.application.name=" + RECORD.get("application").asString(),
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.drain.notice=0s",
                "--logging.level.org.springframework.security=TRACE",
                "--logging.level.io.sharedredis=TRACE",
                "--shared-redis.security.aspnet-cookie.enabled=true",
                "--shared-redis.security.aspnet-cookie.scheme=" + scheme));
    arguments.addAll(List.of(more));
    return new SpringApplicationBuilder(App.class).run(arguments.toArray(String[]::new));
  }

  /** The system property {@code interop.dir} names another folder of the same shape. */
  private static JsonNode json(String file) {
    String given = System.getProperty("interop.dir");
    if (given == null) {
      return new JsonMapper()
          .readTree(AspNetCookieIT.class.getResourceAsStream("/interop/data-protection/" + file));
    }
    Path direct = Path.of(given);
    boolean holdsIt = Files.exists(direct.resolve("keyrings.json"));
    return new JsonMapper()
        .readTree((holdsIt ? direct : direct.resolve("data-protection")).resolve(file));
  }

  private static String text(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asString).collect(Collectors.joining())
        : node.asString();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {

    @Bean
    InstantSource clock() {
      return CLOCK;
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests.requestMatchers("/admin").hasRole("admin").anyRequest().permitAll())
          .formLogin(Customizer.withDefaults())
          .exceptionHandling(
              refused ->
                  refused.authenticationEntryPoint(
                      (request, response, why) -> response.setStatus(403)))
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("bob").password("{noop}pw").roles("buyer").build());
    }

    @Bean
    Pages pages() {
      return new Pages();
    }
  }

  @RestController
  static class Pages {

    @GetMapping("/me")
    String me(Authentication user) {
      return user == null
          ? "nobody"
          : user.getName()
              + " "
              + user.getAuthorities().stream()
                  .map(GrantedAuthority::getAuthority)
                  .filter(name -> name.startsWith("ROLE_"))
                  .toList();
    }

    @GetMapping("/admin")
    String admin() {
      return "admin";
    }

    @PostMapping("/order")
    String order() {
      return "ordered";
    }
  }
}
