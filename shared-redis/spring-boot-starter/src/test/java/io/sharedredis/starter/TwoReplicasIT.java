package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** One browser before two replicas, and a third one that has a key ring of its own. */
class TwoReplicasIT {

  private static final Pattern FIELD =
      Pattern.compile("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"");
  private static final Duration PROMISED = Duration.ofSeconds(2);

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;
  private static ConfigurableApplicationContext stranger;

  private final CookieManager jar = new CookieManager();
  private final HttpClient browser = HttpClient.newBuilder().cookieHandler(jar).build();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    one = replica("one");
    two = replica("two");
    stranger = replica("stranger", "--IsClusterEnv=false", "--SESSION_REDIS_URL=" + redis.url());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    stranger.close();
    redis.close();
  }

  @Test
  void loginFormRenderedOnOneReplicaIsAcceptedOnAnother() throws Exception {
    String field = loginForm(one);
    HttpResponse<String> answer = post(two, "/login", credentials(field));
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location").orElseThrow()).doesNotContain("error");
  }

  @Test
  void loginFormIsRefusedWhereTheKeyRingIsAnother() throws Exception {
    String field = loginForm(one);
    assertThat(post(stranger, "/login", credentials(field)).statusCode()).isEqualTo(403);
    assertThat(post(two, "/login", credentials("")).statusCode()).isEqualTo(403);
  }

  /** A page that never looks at the session would leave its scripts with that token for ever. */
  @Test
  void scriptsWhoseSessionEndedElsewhereAreRefusedOnceAndThenHaveTheTokenOfNobody()
      throws Exception {
    signIn();
    get(two, "/");
    String alices = token();
    assertThat(two.getBean(UserSessions.class).endAll("alice")).isPositive();
    assertThat(post(one, "/logout", Map.of("__RequestVerificationToken", alices)).statusCode())
        .isEqualTo(403);
    assertThat(token()).isNotEqualTo(alices);
    assertThat(post(two, "/logout", Map.of("__RequestVerificationToken", token())).statusCode())
        .isEqualTo(302);
  }

  @Test
  void hubConnectionEndsInTimeWhenItsSessionIsSignedOutOnAnotherReplica() throws Exception {
    signIn();
    CompletableFuture<Void> closed = connect(one);
    get(two, "/"); // renews the token for the user
    HttpResponse<String> out = post(two, "/logout", Map.of("__RequestVerificationToken", token()));
    assertThat(out.statusCode()).isEqualTo(302);
    closed.get(PROMISED.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void hubConnectionEndsInTimeWhenItsSessionExpires() throws Exception {
    signIn();
    CompletableFuture<Void> closed = connect(two);
    assertThat(closed).isNotDone();
    StringRedisTemplate sessions = one.getBean(StringRedisTemplate.class);
    sessions.delete(sessions.keys("shared-redis:two-replicas:session:{*}*"));
    closed.get(PROMISED.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void metersShowTheKeyRingAndTheSessions() throws Exception {
    signIn();
    MeterRegistry registry = one.getBean(MeterRegistry.class);
    assertThat(registry.get("shared-redis.key-ring.keys").tag("state", "active").gauge().value())
        .isEqualTo(1);
    assertThat(
            registry
                .get("shared-redis.key-ring.default-key.expires")
                .timeGauge()
                .value(TimeUnit.DAYS))
        .isBetween(89.0, 90.1);
    assertThat(registry.get("shared-redis.session.unavailable").functionCounter().count()).isZero();
    assertThat(registry.get("shared-redis.key-ring.unprotect").functionTimer().count())
        .as("tokens of the sign-in, opened by the protectors that every bean gets")
        .isPositive();
  }

  private void signIn() throws Exception {
    assertThat(post(one, "/login", credentials(loginForm(two))).statusCode()).isEqualTo(302);
  }

  private String loginForm(ConfigurableApplicationContext replica) throws Exception {
    Matcher field = FIELD.matcher(get(replica, "/login").body());
    assertThat(field.find()).isTrue();
    return field.group(1);
  }

  private static Map<String, String> credentials(String field) {
    return Map.of("username", "alice", "password", "Pass123$", "__RequestVerificationToken", field);
  }

  private String token() {
    return jar.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** Opens a hub connection; the result completes when the server ends it. */
  private CompletableFuture<Void> connect(ConfigurableApplicationContext replica) throws Exception {
    String cookies =
        jar.getCookieStore().getCookies().stream()
            .map(cookie -> cookie.getName() + "=" + cookie.getValue())
            .collect(Collectors.joining("; "));
    return new HubSocket(replica, "/hub/test", cookies).closed();
  }

  private HttpResponse<String> get(ConfigurableApplicationContext replica, String path)
      throws Exception {
    return browser.send(
        HttpRequest.newBuilder(uri(replica, path)).header("Accept", "text/html").build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, Map<String, String> form)
      throws Exception {
    String body =
        form.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue().replace("$", "%24"))
            .collect(Collectors.joining("&"));
    return browser.send(
        HttpRequest.newBuilder(uri(replica, path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static URI uri(ConfigurableApplicationContext replica, String path) {
    return URI.create("http://localhost:" + port(replica) + path);
  }

  private static String port(ConfigurableApplicationContext replica) {
    return replica.getEnvironment().getRequiredProperty("local.server.port");
  }

  private static ConfigurableApplicationContext replica(String name, String... more) {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "--server.port=0";
    arguments[1] = "--spring.application.name=two-replicas";
    arguments[2] = "--REPLICA_NAME=" + name;
    arguments[3] = "--spring.data.redis.url=" + redis.url();
    arguments[4] = "--shared-redis.drain.notice=0s";
    System.arraycopy(more, 0, arguments, 5, more.length);
    return new SpringApplicationBuilder(App.class).run(arguments);
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {

    @HubEndpoint("/hub/test")
    static class TestHub extends Hub<Object> {}

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests.requestMatchers("/error").permitAll().anyRequest().authenticated())
          .formLogin(Customizer.withDefaults())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("alice").password("{noop}Pass123$").roles("USER").build());
    }
  }
}
