package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What Spring Session's Redis repositories answer with an error, a hang or a session that stays
 * broken, with our store: never 500, nothing brought back, nothing hangs.
 */
class SessionRacesIT {

  private static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    one = replica("one");
    two = replica("two");
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @BeforeEach
  void forget() {
    App.events.clear();
    App.arrived.drainPermits();
    App.goOn.drainPermits();
  }

  @Test
  void signInUnderARequestIsNoErrorForItAndWhatItWroteStays() throws Exception {
    String before = visitor.begin(one);
    var slow = visitor.slowly(two, "late", before);
    String after = visitor.signIn(one, before);
    assertThat(after).isNotEqualTo(before);
    App.goOn.release();
    HttpResponse<String> answer = slow.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(visitor.get(two, "/me", after).body()).isEqualTo("alice");
    assertThat(visitor.get(two, "/all", after).body()).contains("cart=mug").contains("late=late");
    // The former id shows what was there before, and is nobody's sign-in.
    HttpResponse<String> former = visitor.get(one, "/all", before);
    assertThat(former.body()).contains("cart=mug").doesNotContain(SECURITY_CONTEXT);
    assertThat(former.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(visitor.get(two, "/me", before).statusCode()).isEqualTo(302);
  }

  @Test
  void twoSignInsWithOneFormerIdGetASessionEach() throws Exception {
    String before = visitor.begin(one);
    String first = visitor.signIn(one, before);
    String second = visitor.signIn(two, before);
    assertThat(second).isNotEqualTo(first).isNotEqualTo(before);
    assertThat(visitor.get(two, "/me", first).body()).isEqualTo("alice");
    assertThat(visitor.get(one, "/me", second).body()).isEqualTo("alice");
    assertThat(visitor.get(one, "/all", second).body()).contains("cart=mug");
    visitor.signOut(one, second);
    assertThat(visitor.get(two, "/me", first).body()).isEqualTo("alice");
    visitor.signOut(one, first);
  }

  @Test
  void attributeThatCannotBeReadIsDroppedAndCountedAndTheSessionLives() throws Exception {
    String cookie = visitor.begin(one);
    visitor.get(one, "/set?name=other&value=forged", cookie);
    raw.hset(Visitor.key("races", cookie), "x:other", "2:forged");
    SharedSessionRepository sessions = two.getBean(SharedSessionRepository.class);
    long dropped = sessions.droppedAttributes();
    HttpResponse<String> answer = visitor.get(two, "/all", cookie);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{cart=mug, other=null}");
    assertThat(sessions.droppedAttributes()).isEqualTo(dropped + 1);
  }

  @Test
  void attributeThatIsTooLargeIsAnErrorOfThisRequestOnly() throws Exception {
    String cookie = visitor.begin(one);
    assertThat(visitor.get(one, "/large", cookie).statusCode()).isEqualTo(500);
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
  }

  @Test
  void requestThatLeavesTheSessionAloneIsServedWhileRedisIsAwayAndOthersAreNotKeptWaiting()
      throws Exception {
    String cookie = visitor.begin(one);
    redis.pause();
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(visitor.get(one, "/open", cookie).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = visitor.get(one, "/all", cookie);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
      }
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> visitor.get(one, "/all", cookie).body().equals("{cart=mug}"));
  }

  @Test
  void readingGoesOnWhileRedisIsFullAndWhatCannotBeWrittenIsNotWrittenInPart() throws Exception {
    String cookie = visitor.begin(one);
    Map<String, String> stored = raw.hgetall(Visitor.key("races", cookie));
    raw.configSet("maxmemory", "1");
    try {
      assertThat(visitor.get(two, "/all", cookie).body()).isEqualTo("{cart=mug}");
      assertThat(visitor.get(two, "/set?name=cart&value=cup", cookie).statusCode()).isEqualTo(503);
    } finally {
      raw.configSet("maxmemory", "0");
    }
    assertThat(raw.hgetall(Visitor.key("races", cookie))).isEqualTo(stored);
    assertThat(visitor.get(one, "/set?name=cart&value=cup", cookie).statusCode()).isEqualTo(200);
  }

  @Test
  void userSeesTheirSessionsAndEndsTheOtherOnes() throws Exception {
    String mine = visitor.signIn(one, null);
    String other = visitor.signIn(two, null);
    UserSessions sessions = one.getBean(UserSessions.class);
    assertThat(sessions.list("alice", 0))
        .extracting(UserSessions.UserSession::id)
        .contains(Visitor.internal(mine), Visitor.internal(other));
    assertThat(sessions.list("alice", 0))
        .filteredOn(session -> session.id().equals(Visitor.internal(other)))
        .extracting(UserSessions.UserSession::place)
        .allSatisfy(
            place -> {
              assertThat(place.replica()).isEqualTo("two");
              assertThat(place.device()).contains("Java-http-client");
              assertThat(place.address()).isNotEmpty();
            });
    assertThat(sessions.end("bob", Visitor.internal(other))).isFalse();
    assertThat(sessions.endOthers("alice", Visitor.internal(mine))).isPositive();
    assertThat(visitor.get(two, "/me", other).statusCode()).isEqualTo(302);
    assertThat(visitor.get(two, "/me", mine).body()).isEqualTo("alice");
    assertThat(sessions.endAll("alice")).isEqualTo(1);
    assertThat(visitor.get(two, "/me", mine).statusCode()).isEqualTo(302);
  }

  @Test
  void operatorsCountListAndEndSessionsOverTheActuator() throws Exception {
    String cookie = visitor.signIn(one, null);
    String listed = visitor.get(two, "/actuator/sessions?user=alice", null).body();
    assertThat(listed).contains(Visitor.internal(cookie)).doesNotContain(Visitor.id(cookie));
    assertThat(visitor.get(two, "/actuator/sessions", null).body()).startsWith("{\"count\":");
    String path = "/actuator/sessions/" + Visitor.internal(cookie);
    assertThat(visitor.delete(two, path).statusCode()).isEqualTo(200);
    assertThat(visitor.delete(two, path).statusCode()).isEqualTo(404);
    assertThat(visitor.get(one, "/me", cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void beginEndAndExpiryAreToldAsSpringSessionTellsThem() throws Exception {
    String signedOut = visitor.signIn(one, null);
    visitor.signOut(one, signedOut);
    assertThat(eventsOf(signedOut))
        .containsExactly("SessionCreatedEvent alice", "SessionDeletedEvent alice");
    String expires = visitor.begin(two);
    visitor.get(two, "/expire", expires);
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> eventsOf(expires).contains("SessionExpiredEvent mug"));
    assertThat(Collections.frequency(eventsOf(expires), "SessionExpiredEvent mug")).isEqualTo(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> raw.exists(Visitor.key("races", expires)) == 0);
  }

  /** Ends of other tests' sessions are told when a replica comes to them. */
  private static List<String> eventsOf(String cookie) {
    return App.events.stream()
        .filter(event -> event.startsWith(Visitor.id(cookie) + " "))
        .map(event -> event.substring(event.indexOf(' ') + 1))
        .toList();
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=races",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            "--shared-redis.session.store=shared",
            "--shared-redis.session.max-attribute-size=10KB",
            "--management.endpoints.web.exposure.include=sessions",
            "--management.endpoint.sessions.access=unrestricted",
            "--shared-redis.drain.notice=0s");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class App {

    static final Semaphore arrived = new Semaphore(0);
    static final Semaphore goOn = new Semaphore(0);
    static final List<String> events = new CopyOnWriteArrayList<>();

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests -> requests.requestMatchers("/me").authenticated().anyRequest().permitAll())
          .formLogin(Customizer.withDefaults())
          .csrf(csrf -> csrf.disable())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("alice").password("{noop}Pass123$").roles("USER").build());
    }

    @EventListener
    void on(AbstractSessionEvent event) {
      String what = event.getSession().getAttribute("cart");
      if (what == null && event.getSession().getAttribute(SECURITY_CONTEXT) != null) {
        what = "alice";
      }
      events.add(event.getSessionId() + " " + event.getClass().getSimpleName() + " " + what);
    }

    @GetMapping("/open")
    String open() {
      return "open";
    }

    @GetMapping("/me")
    String me(Principal principal) {
      return principal.getName();
    }

    @GetMapping("/set")
    String set(HttpSession session, String name, String value) {
      session.setAttribute(name, value);
      return "set";
    }

    @GetMapping("/remove")
    String remove(HttpSession session, String name) {
      session.removeAttribute(name);
      return "removed";
    }

    @GetMapping("/large")
    String large(HttpSession session) {
      session.setAttribute("cart", "cup");
      session.setAttribute("large", "x".repeat(11_000));
      return "large";
    }

    @GetMapping("/expire")
    String expire(HttpSession session) {
      session.setMaxInactiveInterval(1);
      return "soon";
    }

    @GetMapping("/slow")
    String slow(HttpSession session, String name) throws InterruptedException {
      session.getAttribute("cart");
      arrived.release();
      goOn.acquire();
      session.setAttribute(name, name);
      return show(session);
    }

    @GetMapping("/all")
    String all(HttpServletRequest request) {
      HttpSession session = request.getSession(false);
      return session == null ? "no session" : show(session);
    }

    private static String show(HttpSession session) {
      Map<String, Object> all = new TreeMap<>();
      for (String name : Collections.list(session.getAttributeNames())) {
        Object value = session.getAttribute(name);
        all.put(name, name.equals(SECURITY_CONTEXT) ? "somebody" : value);
      }
      return all.toString();
    }
  }
}
