package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.spring.sealed.Protected;
import io.sharedredis.spring.sealed.ProtectedValues;
import io.sharedredis.spring.security.SealedRememberMe;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.MvcUriComponentsBuilder;

/** Two replicas and what the key ring seals for them: remembered users, values in addresses. */
class SealedThingsIT {

  private static final InMemoryUserDetailsManager USERS = new InMemoryUserDetailsManager();

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    USERS.createUser(User.withUsername("alice").password("{noop}pw").roles("USER").build());
    one = replica(App.class);
    two = replica(App.class);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    redis.close();
  }

  @AfterEach
  void restoreUser() {
    USERS.updateUser(User.withUsername("alice").password("{noop}pw").roles("USER").build());
  }

  @Test
  void userRememberedByOneReplicaIsKnownToAnother() throws Exception {
    String cookie = remember();
    HttpResponse<String> me = get(two, "/me", cookie);
    assertThat(me.statusCode()).isEqualTo(200);
    assertThat(me.body()).isEqualTo("alice");
    // From then on the session does it, as for any sign-in.
    String session = cookie(me, "SESSION");
    assertThat(get(one, "/me", session).body()).isEqualTo("alice");
  }

  @Test
  void changeOfThePasswordEndsBeingRemembered() throws Exception {
    String cookie = remember();
    USERS.updateUser(User.withUsername("alice").password("{noop}other").roles("USER").build());
    for (ConfigurableApplicationContext replica : List.of(one, two)) {
      HttpResponse<String> me = get(replica, "/me", cookie);
      assertThat(me.statusCode()).isEqualTo(302);
      assertThat(cookie(me, "remember-me")).as("deleted").isEqualTo("remember-me=");
    }
  }

  @Test
  void lockedUserIsNotRemembered() throws Exception {
    String cookie = remember();
    USERS.updateUser(
        User.withUsername("alice").password("{noop}pw").accountLocked(true).roles("U").build());
    assertThat(get(two, "/me", cookie).statusCode()).isEqualTo(302);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "CfDJ8", "YWxpY2U6MTc5OTk5OTk5OTo6", "%00", "===="})
  void cookieThatIsNotGoodIsNobody(String value) throws Exception {
    assertThat(get(one, "/me", "remember-me=" + value).statusCode()).isEqualTo(302);
  }

  @Test
  void sealedValueInAnAddressIsOpenedOnAnotherReplica() throws Exception {
    String link = get(one, "/link/42", "").body();
    assertThat(link).startsWith("/order/").doesNotContain("42/").hasSizeGreaterThan(80);
    assertThat(get(two, link, "").body()).isEqualTo("order 42");
    assertThat(get(one, "/link/42", "").body()).as("another text each time").isNotEqualTo(link);

    ProtectedValues values = one.getBean(ProtectedValues.class);
    String name = values.seal("name", "ä/ö?");
    UUID id = UUID.randomUUID();
    assertThat(get(two, "/find?name=" + name + "&id=" + values.seal("id", id), "").body())
        .isEqualTo("ä/ö? " + id);
  }

  @Test
  void valueThatIsNotGoodIsTheCallersMistake() throws Exception {
    ProtectedValues values = one.getBean(ProtectedValues.class);
    String good = values.seal("order", 42L);
    List<String> bad =
        List.of(
            "42",
            good.substring(0, good.length() - 3),
            values.seal("invoice", 42L),
            values.seal("order", "no number"),
            values.seal("order", 42L, Duration.ofDays(1)));
    for (String text : bad) {
      HttpResponse<String> answer = get(two, "/order/" + text, "");
      assertThat(answer.statusCode()).as(text).isEqualTo(400);
      assertThat(answer.body()).doesNotContain("revoked").doesNotContain("Exception");
    }
  }

  @Test
  void sealedValueWithALifetimeEndsWithIt() throws Exception {
    ProtectedValues values = one.getBean(ProtectedValues.class);
    assertThat(get(two, "/reset/" + values.seal("reset", 7, Duration.ofMinutes(1)), "").body())
        .isEqualTo("reset 7");
    assertThat(get(two, "/reset/" + values.seal("reset", 7, Duration.ZERO), "").statusCode())
        .isEqualTo(400);
    assertThat(get(two, "/reset/" + values.seal("reset", 7), "").statusCode()).isEqualTo(400);
  }

  @Test
  void sealedPropertyOfJsonComesBackFromTheBrowser() throws Exception {
    String sealed = get(one, "/item", "").body();
    assertThat(sealed).contains("\"name\":\"cup\"").doesNotContain("4711");
    assertThat(post(two, "/item", sealed).body()).isEqualTo("4711 cup");
    for (String json :
        List.of(
            "{\"id\":4711,\"name\":\"cup\"}",
            "{\"id\":\"4711\",\"name\":\"cup\"}",
            "{\"id\":{},\"name\":\"cup\"}")) {
      assertThat(post(two, "/item", json).statusCode()).as(json).isEqualTo(400);
    }
    assertThat(post(two, "/item", "{\"name\":\"cup\"}").body()).isEqualTo("null cup");
  }

  @Test
  void markThatWouldNotBeObeyedStopsTheStart() {
    assertThatThrownBy(() -> replica(UnknownType.class))
        .hasStackTraceContaining("@Protected")
        .hasStackTraceContaining("java.lang.Object cannot be sealed");
    assertThatThrownBy(() -> replica(NoParameter.class))
        .hasStackTraceContaining("needs @PathVariable or @RequestParam");
    assertThatThrownBy(() -> replica(Form.class))
        .hasStackTraceContaining("not objects that are bound from request parameters");
  }

  private String remember() throws Exception {
    HttpResponse<String> signedIn =
        http.send(
            request(one, "/login?username=alice&password=pw&remember-me=on", "")
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    List<String> sent =
        signedIn.headers().allValues("Set-Cookie").stream()
            .filter(header -> header.startsWith("remember-me="))
            .toList();
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0)).contains("HttpOnly").contains("SameSite=Lax").contains("1209600");
    return cookie(signedIn, "remember-me");
  }

  private static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(header -> header.startsWith(name + "="))
        .map(header -> header.substring(0, header.indexOf(';')))
        .findFirst()
        .orElse("none");
  }

  private HttpResponse<String> get(
      ConfigurableApplicationContext replica, String path, String cookie) throws Exception {
    return http.send(request(replica, path, cookie).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, String json) throws Exception {
    return http.send(
        request(replica, path, "")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    return cookie.isEmpty() ? request : request.header("Cookie", cookie);
  }

  private static ConfigurableApplicationContext replica(Class<?> app) {
    return new SpringApplicationBuilder(app)
        .run(
            "--server.port=0",
            "--spring.application.name=sealed-things",
            "--spring.data.redis.url=" + redis.url(),
            "--shared-redis.drain.notice=0s");
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import(Pages.class)
  static class App {

    @Bean
    SecurityFilterChain security(HttpSecurity http, SealedRememberMe rememberMe) {
      return http.authorizeHttpRequests(
              requests -> requests.requestMatchers("/me").authenticated().anyRequest().permitAll())
          .formLogin(Customizer.withDefaults())
          .rememberMe(rememberMe::configure)
          .csrf(csrf -> csrf.disable())
          .build();
    }

    @Bean
    InMemoryUserDetailsManager users() {
      return USERS;
    }
  }

  @Import(UnknownType.Page.class)
  static class UnknownType extends App {

    @RestController
    static class Page {
      @GetMapping("/wrong")
      String wrong(@RequestParam @Protected("wrong") Object value) {
        return "never " + value;
      }
    }
  }

  @Import(NoParameter.Page.class)
  static class NoParameter extends App {

    @RestController
    static class Page {
      @GetMapping("/wrong")
      String wrong(@RequestHeader @Protected("wrong") String value) {
        return "never " + value;
      }
    }
  }

  @Import(Form.Page.class)
  static class Form extends App {

    @RestController
    static class Page {
      @GetMapping("/wrong")
      String wrong(Item value) {
        return "never " + value;
      }
    }
  }

  record Item(@Protected("item") Long id, String name) {}

  @RestController
  static class Pages {

    @GetMapping("/me")
    String me(Principal user) {
      return user.getName();
    }

    @GetMapping("/order/{id}")
    String order(@PathVariable @Protected("order") long id) {
      return "order " + id;
    }

    @GetMapping("/find")
    String find(
        @RequestParam @Protected("name") String name, @RequestParam @Protected("id") UUID id) {
      return name + " " + id;
    }

    @GetMapping("/reset/{user}")
    String reset(@PathVariable @Protected(value = "reset", lifetime = "15m") Integer user) {
      return "reset " + user;
    }

    @GetMapping("/link/{id}")
    String link(@PathVariable long id) {
      return MvcUriComponentsBuilder.fromMethodName(Pages.class, "order", id).build().getPath();
    }

    @GetMapping("/item")
    Item item() {
      return new Item(4711L, "cup");
    }

    @PostMapping("/item")
    String item(@RequestBody Item item) {
      return item.id() + " " + item.name();
    }
  }
}
