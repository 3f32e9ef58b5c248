package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.spring.session.SessionTypes;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * What a request of a Spring MVC application with Spring Security costs, counted by Redis itself:
 * our store beside Spring Session's plain repository.
 */
class SessionCommandsIT {

  @Test
  void ourStoreReadsWithOneCommandAndWritesWithOneMore() throws Exception {
    Map<String, Integer> ours = count("shared");
    assertThat(ours)
        .containsExactly(
            Map.entry("no cookie, session not touched", 0),
            Map.entry("page that needs a sign-in: session created", 1),
            Map.entry("sign-in: id changed", 2),
            Map.entry("session not touched", 0),
            Map.entry("session read", 1),
            Map.entry("session changed", 2),
            Map.entry("session read once more", 1),
            Map.entry("flash attribute written", 2),
            Map.entry("flash attribute read", 2),
            Map.entry("session not touched after that", 0),
            Map.entry("forged cookie", 1),
            Map.entry("cookie that is no id", 0),
            Map.entry("sign-out", 2));
    assertThat(ours.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(14);
  }

  @Test
  void readNotesTheUseOnlyWhenThatIsDueAndOpensOnlyTheAttributesThatAreAskedFor() throws Exception {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.startOwn();
        ConfigurableApplicationContext app = start("shared", redis.url());
        Monitor monitor = new Monitor(redis.uri())) {
      RedisClient client = RedisClient.create(redis.uri());
      Browser browser = new Browser(app, monitor, counts);
      browser.post("sign-in", "/login", "username=alice&password=Pass123$");
      browser.get("two attributes", "/two");
      RedisCommands<String, String> raw = client.connect().sync();
      String key = raw.keys("shared-redis:commands:session:{0}:id:*").get(0);

      String used = raw.hget(key, "a");
      browser.get("read", "/me");
      browser.get("read again", "/me");
      assertThat(raw.hget(key, "a")).isEqualTo(used);
      // A tenth of the usual timeout has passed.
      raw.hincrby(key, "a", -Duration.ofMinutes(3).toMillis());
      browser.get("read when a use is due", "/me");
      String noted = raw.hget(key, "a");
      assertThat(Long.parseLong(noted)).isGreaterThanOrEqualTo(Long.parseLong(used));
      browser.get("read after that", "/me");
      assertThat(raw.hget(key, "a")).isEqualTo(noted);

      Weighed.read.set(0);
      browser.get("neither is asked for", "/count");
      assertThat(Weighed.read.get()).isZero();
      browser.get("one is asked for", "/left");
      assertThat(browser.body).isEqualTo("1");
      assertThat(Weighed.read.get()).isEqualTo(1);
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
    assertThat(counts)
        .containsAllEntriesOf(
            Map.of(
                "read", 1,
                "read again", 1,
                "read when a use is due", 1,
                "read after that", 1,
                "neither is asked for", 2,
                "one is asked for", 1));
  }

  @Test
  void springSessionsOwnFiguresAreHigher() throws Exception {
    Map<String, Integer> theirs = count("spring-session");
    // What it sends after the response may be counted with the next request: only the sum is exact.
    assertThat(theirs.values().stream().mapToInt(Integer::intValue).sum())
        .as("%s", theirs)
        .isGreaterThanOrEqualTo(50);
  }

  private static Map<String, Integer> count(String store) throws Exception {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.startOwn();
        ConfigurableApplicationContext app = start(store, redis.url());
        Monitor monitor = new Monitor(redis.uri())) {
      Browser browser = new Browser(app, monitor, counts);
      browser.get("/warm-up", "/open");
      browser.get("no cookie, session not touched", "/open");
      browser.get("page that needs a sign-in: session created", "/me");
      browser.post("sign-in: id changed", "/login", "username=alice&password=Pass123$");
      browser.get("session not touched", "/open");
      browser.get("session read", "/me");
      browser.get("session changed", "/count");
      browser.get("session read once more", "/me");
      browser.get("flash attribute written", "/flash");
      browser.get("flash attribute read", "/flashed");
      assertThat(browser.body).isEqualTo("saved");
      browser.get("session not touched after that", "/open");
      Browser forger = new Browser(app, monitor, counts);
      forger.cookie = "QUFhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3";
      forger.get("forged cookie", "/touch");
      forger.cookie = "bm9uZQ";
      forger.get("cookie that is no id", "/touch");
      browser.post("sign-out", "/logout", "");
      counts.remove("/warm-up");
    }
    return counts;
  }

  private static ConfigurableApplicationContext start(String store, String redisUrl) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=commands",
            "--REPLICA_NAME=one",
            "--spring.data.redis.url=" + redisUrl,
            "--shared-redis.session.store=" + store,
            // As an application has it that uses Spring Session without us.
            "--spring.mvc.publish-request-handled-events=" + store.equals("spring-session"),
            "--shared-redis.drain.notice=0s");
  }

  /** Keeps cookies and counts what its requests cost. */
  private static final class Browser {
    private final HttpClient http =
        HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String base;
    private final Monitor monitor;
    private final Map<String, Integer> counts;
    private String cookie = "";
    private String body = "";

    Browser(ConfigurableApplicationContext app, Monitor monitor, Map<String, Integer> counts) {
      this.base = "http://localhost:" + app.getEnvironment().getProperty("local.server.port");
      this.monitor = monitor;
      this.counts = counts;
    }

    void get(String what, String path) throws Exception {
      send(what, HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    void post(String what, String path, String form) throws Exception {
      send(
          what,
          HttpRequest.newBuilder(URI.create(base + path))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(form)));
    }

    private void send(String what, HttpRequest.Builder request) throws Exception {
      HttpRequest built =
          cookie.isEmpty()
              ? request.build()
              : request.setHeader("Cookie", "SESSION=" + cookie).build();
      counts.put(
          what,
          monitor
              .during(
                  () -> {
                    HttpResponse<String> response = http.send(built, BodyHandlers.ofString());
                    assertThat(response.statusCode()).as(what).isLessThan(400);
                    body = response.body();
                  })
              .size());
    }
  }

  /** Counts how often one is made. */
  record Weighed(int weight) {

    static final AtomicInteger read = new AtomicInteger();

    Weighed {
      read.incrementAndGet();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Controller
  static class App {

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/open", "/touch")
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
    @ResponseBody
    String open() {
      return "open";
    }

    @GetMapping("/touch")
    @ResponseBody
    String touch(HttpServletRequest request) {
      return String.valueOf(request.getSession(false));
    }

    @GetMapping("/me")
    @ResponseBody
    String me(Principal principal) {
      return principal.getName();
    }

    @GetMapping("/count")
    @ResponseBody
    String count(HttpSession session) {
      Integer count = (Integer) session.getAttribute("count");
      session.setAttribute("count", count == null ? 1 : count + 1);
      return String.valueOf(session.getAttribute("count"));
    }

    @Bean
    SessionTypes weighed() {
      return SessionTypes.of(Weighed.class);
    }

    @GetMapping("/two")
    @ResponseBody
    String two(HttpSession session) {
      session.setAttribute("left", new Weighed(1));
      session.setAttribute("right", new Weighed(2));
      return "two";
    }

    @GetMapping("/left")
    @ResponseBody
    String left(HttpSession session) {
      return String.valueOf(((Weighed) session.getAttribute("left")).weight());
    }

    @GetMapping("/flash")
    String flash(RedirectAttributes attributes) {
      attributes.addFlashAttribute("message", "saved");
      return "redirect:/flashed";
    }

    @GetMapping("/flashed")
    @ResponseBody
    String flashed(Model model) {
      return String.valueOf(model.getAttribute("message"));
    }
  }
}
