package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.spring.session.SessionTypes;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
 * our store beside Spring Session's two repositories as they come, with protection against forged
 * requests as each brings it along.
 */
class SessionCommandsIT {

  /** Each kind of request, and how many commands it may cost. */
  private static final Map<String, Integer> PROMISED = promised();

  private static Map<String, Integer> promised() {
    Map<String, Integer> most = new LinkedHashMap<>();
    most.put("no cookie, session not touched", 0);
    most.put("page that needs a sign-in: session created", 1);
    most.put("sign-in with a request to go back to: id changed", 2);
    // Its scripts get a token against forged requests, which is bound to the user.
    most.put("first page after a sign-in", 1);
    most.put("session not touched", 0);
    most.put("session read", 1);
    most.put("session changed", 2);
    most.put("session read once more", 1);
    most.put("flash attribute written", 2);
    most.put("flash attribute read", 2);
    most.put("session not touched after that", 0);
    most.put("session read, its use due", 1);
    most.put("forged cookie", 1);
    most.put("cookie that is no id", 0);
    most.put("sign-out", 2);
    most.put("sign-in without a session", 1);
    most.put("sign-out of that", 2);
    most.put("sign-in with a session and no request to go back to: id changed", 2);
    return most;
  }

  @Test
  void eachKindOfRequestCostsWhatIsPromisedAndLessThanWithSpringSession() throws Exception {
    Map<String, Integer> ours = count(App.class, OURS);
    Map<String, Integer> plain = count(SpringSessionsOwn.Plain.class, SpringSessionsOwn.SETTINGS);
    Map<String, Integer> indexed =
        count(SpringSessionsOwn.Indexed.class, SpringSessionsOwn.SETTINGS);
    StringBuilder table = new StringBuilder("Commands: ours, Spring Session's plain, indexed\n");
    ours.forEach(
        (what, commands) ->
            table.append(
                String.format(
                    Locale.ROOT,
                    "%-70s %3d %3d %3d%n",
                    what,
                    commands,
                    plain.get(what),
                    indexed.get(what))));
    System.out.print(table);
    assertThat(ours).isEqualTo(PROMISED);
    // What theirs send after the response may be counted with the next request: only the sum is
    // exact.
    assertThat(sum(plain)).as("plain").isGreaterThan(2 * sum(ours));
    assertThat(sum(indexed)).as("indexed").isGreaterThan(sum(plain));
  }

  /** Settings that might cost something, and what they do. */
  enum Option {

    /** Each write is announced: nobody waits for that, but it is a command. */
    L1("--shared-redis.session.l1.enabled=true", "--shared-redis.session.l1.ttl=2s") {
      @Override
      void change(Map<String, Integer> most) {
        for (String what : List.of("session changed", "flash attribute written")) {
          most.merge(what, 1, Integer::sum);
        }
        most.merge("flash attribute read", 1, Integer::sum);
        most.merge("sign-in with a request to go back to: id changed", 1, Integer::sum);
        most.merge(
            "sign-in with a session and no request to go back to: id changed", 1, Integer::sum);
      }
    },

    /** Sessions of Spring Session's are looked for under ids of its form only. */
    MIGRATION_AND_LIMIT(
        "--shared-redis.session.migrate-from=spring-session",
        "--shared-redis.session.max-sessions-per-user=5",
        "--shared-redis.session.beyond-limit=refuse"),

    /** Sign-ins end a session each; a cookie that the ring does not open is not asked for. */
    DOTNET_AND_LIMIT(
        "--shared-redis.session.cookie-format=dotnet",
        "--shared-redis.session.max-sessions-per-user=1",
        "--shared-redis.session.beyond-limit=end-oldest") {
      @Override
      void change(Map<String, Integer> most) {
        most.put("forged cookie", 0);
      }
    };

    private final List<String> settings;

    Option(String... settings) {
      this.settings = List.of(settings);
    }

    void change(Map<String, Integer> most) {}
  }

  @ParameterizedTest
  @EnumSource
  void optionsCostNoMoreThanTheirWord(Option option) throws Exception {
    List<String> settings = new ArrayList<>(OURS);
    settings.addAll(option.settings);
    Map<String, Integer> counts = count(App.class, settings);
    System.out.println("Commands with " + option + ": " + counts);
    Map<String, Integer> most = promised();
    option.change(most);
    if (option != Option.L1) {
      assertThat(counts).isEqualTo(most);
      return;
    }
    // What is kept is read without a command, for two seconds.
    assertThat(counts.keySet()).isEqualTo(most.keySet());
    counts.forEach(
        (what, commands) -> assertThat(commands).as(what).isLessThanOrEqualTo(most.get(what)));
  }

  @Test
  void readOfASessionThatTheReplicaKeepsCostsNothing() throws Exception {
    List<String> settings = new ArrayList<>(OURS);
    settings.addAll(Option.L1.settings);
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.startOwn();
        ConfigurableApplicationContext app = start(App.class, redis.url(), settings);
        Monitor monitor = new Monitor(redis.uri())) {
      Browser browser = new Browser(app, monitor, counts);
      browser.signIn("sign-in");
      // On a machine that is too busy the two seconds may be over each time but one.
      for (int i = 0; i < 20 && counts.getOrDefault("read again", 1) > 0; i++) {
        browser.get("read", "/me");
        browser.get("read again", "/me");
      }
      assertThat(counts.get("read again")).isZero();
      browser.get("changed", "/count");
      assertThat(counts.get("changed")).isBetween(2, 3);
      browser.get("read after a change", "/me");
      assertThat(counts.get("read after a change")).isEqualTo(1);
    }
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void readNotesTheUseOnlyWhenThatIsDueAndOpensOnlyTheAttributesThatAreAskedFor() throws Exception {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.startOwn();
        ConfigurableApplicationContext app = start(App.class, redis.url(), OURS);
        Monitor monitor = new Monitor(redis.uri())) {
      RedisClient client = RedisClient.create(redis.uri());
      Browser browser = new Browser(app, monitor, counts);
      browser.signIn("sign-in");
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

  private static Map<String, Integer> count(Class<?> application, List<String> settings)
      throws Exception {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.startOwn();
        ConfigurableApplicationContext app = start(application, redis.url(), settings);
        Monitor monitor = new Monitor(redis.uri())) {
      Browser browser = new Browser(app, monitor, counts);
      new Browser(app, monitor, new LinkedHashMap<>()).signIn("warm-up");
      browser.get("no cookie, session not touched", "/open");
      browser.get("page that needs a sign-in: session created", "/me");
      browser.signIn("sign-in with a request to go back to: id changed");
      browser.get("first page after a sign-in", "/open");
      browser.get("session not touched", "/open");
      browser.get("session read", "/me");
      browser.get("session changed", "/count");
      browser.get("session read once more", "/me");
      browser.get("flash attribute written", "/flash");
      browser.get("flash attribute read", "/flashed");
      assertThat(browser.body).isEqualTo("saved");
      browser.get("session not touched after that", "/open");
      makeUsesDue(redis);
      browser.get("session read, its use due", "/me");
      Browser forger = new Browser(app, monitor, counts);
      forger.cookie = "QUFhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3";
      forger.get("forged cookie", "/touch");
      forger.cookie = "bm9uZQ";
      forger.get("cookie that is no id", "/touch");
      browser.signOut("sign-out");
      Browser direct = new Browser(app, monitor, counts);
      direct.signIn("sign-in without a session");
      direct.signOut("sign-out of that");
      Browser shopper = new Browser(app, monitor, counts);
      shopper.get("", "/cart");
      shopper.signIn("sign-in with a session and no request to go back to: id changed");
    }
    counts.keySet().retainAll(PROMISED.keySet());
    return counts;
  }

  /** A tenth of the usual timeout has passed since our sessions were last used. */
  private static void makeUsesDue(RedisServer redis) {
    RedisClient client = RedisClient.create(redis.uri());
    RedisCommands<String, String> raw = client.connect().sync();
    for (String key : raw.keys("shared-redis:commands:session:{0}:id:*")) {
      raw.hincrby(key, "a", -Duration.ofMinutes(3).toMillis());
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }

  private static final List<String> OURS =
      List.of("--REPLICA_NAME=one", "--shared-redis.drain.notice=0s");

  private static ConfigurableApplicationContext start(
      Class<?> application, String redisUrl, List<String> more) {
    List<String> settings = new ArrayList<>(more);
    settings.add("--server.port=0");
    settings.add("--spring.application.name=commands");
    settings.add("--spring.data.redis.url=" + redisUrl);
    // A deadline that a busy machine misses would cost a second attempt.
    settings.add("--shared-redis.redis.command-timeout=10s");
    return new SpringApplicationBuilder(application).run(settings.toArray(String[]::new));
  }

  /** Keeps cookies and counts what its requests cost. */
  private static final class Browser {
    /** As Spring Security's own pages write it. */
    private static final Pattern TOKEN =
        Pattern.compile("<input name=\"(\\w+)\" type=\"hidden\" value=\"([^\"]+)\"");

    private final HttpClient http =
        HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String base;
    private final Monitor monitor;
    private final Map<String, Integer> counts;
    private final String cookieName;
    private final @Nullable UserSessions sessions;
    private String cookie = "";
    private String body = "";

    Browser(ConfigurableApplicationContext app, Monitor monitor, Map<String, Integer> counts) {
      this.base = "http://localhost:" + app.getEnvironment().getProperty("local.server.port");
      this.monitor = monitor;
      this.counts = counts;
      boolean dotnet =
          "dotnet".equals(app.getEnvironment().getProperty("shared-redis.session.cookie-format"));
      this.cookieName = dotnet ? ".AspNetCore.Session" : "SESSION";
      this.sessions = app.getBeanProvider(UserSessions.class).getIfAvailable();
    }

    void get(String what, String path) throws Exception {
      send(what, HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    void signIn(String what) throws Exception {
      post(what, "/login", "username=alice&password=Pass123$");
    }

    void signOut(String what) throws Exception {
      post(what, "/logout", "");
    }

    /** As a browser does it that was shown the page with the form, which holds a token. */
    private void post(String what, String path, String fields) throws Exception {
      get("", path);
      Matcher token = TOKEN.matcher(body);
      assertThat(token.find()).as(body).isTrue();
      String form =
          token.group(1) + "=" + URLEncoder.encode(token.group(2), StandardCharsets.UTF_8);
      send(
          what,
          HttpRequest.newBuilder(URI.create(base + path))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(form + "&" + fields)));
    }

    private void send(String what, HttpRequest.Builder request) throws Exception {
      HttpRequest built =
          cookie.isEmpty()
              ? request.header("Accept", "text/html,*/*").build()
              : request.setHeader("Cookie", cookieName + "=" + cookie).build();
      List<String> commands =
          monitor.during(
              () -> {
                HttpResponse<String> response = http.send(built, BodyHandlers.ofString());
                assertThat(response.statusCode()).as(what).isLessThan(400);
                assertThat(response.headers().firstValue("Location").orElse(""))
                    .as(what)
                    .doesNotContain("error");
                body = response.body();
                awaitAnnouncements();
              });
      counts.put(what, commands.size() - (sessions == null ? 0 : 1));
    }

    /** Asks something on the connection on which announcements are sent that nobody waits for. */
    private void awaitAnnouncements() {
      if (sessions != null) {
        assertThat(sessions.count()).isNotNegative();
      }
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
                      .requestMatchers("/open", "/touch", "/cart")
                      .permitAll()
                      .anyRequest()
                      .authenticated())
          .formLogin(Customizer.withDefaults())
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

    @GetMapping("/cart")
    @ResponseBody
    String cart(HttpSession session) {
      session.setAttribute("cart", "mug");
      return "cart";
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
