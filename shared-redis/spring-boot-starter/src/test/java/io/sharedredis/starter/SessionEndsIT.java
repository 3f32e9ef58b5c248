package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Whatever ends a session, on whichever replica: it is over on every replica, hub connections
 * included. Two of them keep for a moment what they have read, the third does not.
 */
class SessionEndsIT {

  /** From the end to the last replica that knows of it. */
  private static final Duration PROMISED = Duration.ofSeconds(1);

  /** For what replicas keep, and longer than promised: only announcements keep the promise. */
  private static final String KEPT = "2s";

  /** A machine that is busy now and then is not held against it. */
  private static final int ROUNDS = 10;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What ends the session of a cookie, at replica one. */
  enum End {
    SIGN_OUT,
    THIS_ONE,
    ALL_BUT_MINE,
    ALL,
    LIMIT,
    OPERATOR,
    COMMAND_LINE,
    COMMAND_LINE_ALL,
    EXPIRY
  }

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;
  private static ConfigurableApplicationContext three;
  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static RedisSessionStore commandLine;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.startOwn();
    one = replica("one", true);
    two = replica("two", true);
    three = replica("three", false);
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(20, TimeUnit.SECONDS);
    // As shared-redis sessions end makes it: it belongs to no replica, and knows no settings.
    commandLine =
        new RedisSessionStore(
            link,
            SessionStoreOptions.of("ends").withTouchInterval(Duration.ofDays(365)),
            one.getBean(DataProtectionProvider.class),
            new SecureRandom());
  }

  @AfterAll
  static void stop() {
    link.close();
    network.close();
    one.close();
    two.close();
    three.close();
    redis.close();
  }

  @ParameterizedTest
  @EnumSource
  void sessionIsOverOnEveryReplicaAndItsHubConnectionsAreClosed(End end) throws Exception {
    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < ROUNDS && quickest.compareTo(PROMISED) >= 0; i++) {
      Duration taken = round(end);
      quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
      if (end == End.EXPIRY) {
        // Told by nobody but the clock, and a replica that looks at it every second: no promise.
        return;
      }
    }
    assertThat(quickest).isLessThan(PROMISED);
  }

  private Duration round(End end) throws Exception {
    String user = "somebody-" + UUID.randomUUID();
    String there = signIn(two, user);
    String here = signIn(one, user);
    String other = signIn(two, "other-" + user);
    for (String cookie : List.of(there, here, other)) {
      assertThat(isSignedIn(cookie)).containsExactly(true, true, true);
    }
    try (HubSocket onOne = hub(one, there);
        HubSocket onTwo = hub(two, there);
        HubSocket onThree = hub(three, there);
        HubSocket mine = hub(two, here);
        HubSocket others = hub(one, other)) {
      end(end, user, there, here);
      long begun = System.nanoTime();
      until(() -> !onOne.isOpen() && !onTwo.isOpen() && !onThree.isOpen());
      until(() -> !isSignedIn(there).contains(true));
      Duration taken = Duration.ofNanos(System.nanoTime() - begun);
      if (end == End.ALL || end == End.COMMAND_LINE_ALL) {
        until(() -> !mine.isOpen());
      } else {
        assertThat(isSignedIn(here)).containsExactly(true, true, true);
        assertThat(mine.isOpen()).isTrue();
      }
      assertThat(isSignedIn(other)).containsExactly(true, true, true);
      assertThat(others.isOpen()).isTrue();
      return taken;
    }
  }

  private void end(End end, String user, String cookie, String mine) throws Exception {
    UserSessions sessions = one.getBean(UserSessions.class);
    String internal = Visitor.internal(cookie);
    switch (end) {
      case SIGN_OUT -> assertThat(visitor.signOut(one, cookie).statusCode()).isEqualTo(302);
      case THIS_ONE -> assertThat(sessions.end(user, internal)).isTrue();
      case ALL_BUT_MINE ->
          assertThat(sessions.endOthers(user, Visitor.internal(mine))).isEqualTo(1);
      case ALL -> assertThat(sessions.endAll(user)).isEqualTo(2);
      case LIMIT -> {
        // The third and the fourth, where three are allowed.
        String unused = signIn(one, user);
        unused = signIn(one, user);
      }
      case OPERATOR ->
          assertThat(visitor.delete(one, "/actuator/sessions/" + internal).statusCode())
              .isEqualTo(200);
      case COMMAND_LINE ->
          assertThat(commandLine.endByInternal(internal, EndReason.REVOKED)).isPresent();
      case COMMAND_LINE_ALL ->
          assertThat(commandLine.endAll(user, "", EndReason.REVOKED).internals()).hasSize(2);
      case EXPIRY -> assertThat(visitor.get(one, "/expire", cookie).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void changeIsSeenOnAnotherReplicaWithinASecondAndReadsThatCostNothingGoOnUntilThen()
      throws Exception {
    String cookie = visitor.begin(one);
    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < ROUNDS && quickest.compareTo(PROMISED) >= 0; i++) {
      String value = "cup" + i;
      double hits = hits(two);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> visitor.get(two, "/all", cookie).statusCode() == 200 && hits(two) > hits);
      assertThat(visitor.get(one, "/set?name=cart&value=" + value, cookie).statusCode())
          .isEqualTo(200);
      long begun = System.nanoTime();
      until(() -> visitor.get(two, "/all", cookie).body().equals("{cart=" + value + "}"));
      Duration taken = Duration.ofNanos(System.nanoTime() - begun);
      quickest = taken.compareTo(quickest) < 0 ? taken : quickest;
    }
    assertThat(quickest).isLessThan(PROMISED);
  }

  /** Reads that cost no command. */
  private static double hits(ConfigurableApplicationContext replica) {
    return replica
        .getBean(MeterRegistry.class)
        .get("shared-redis.session.l1-hits")
        .functionCounter()
        .count();
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  /** On each replica. */
  private List<Boolean> isSignedIn(String cookie) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    for (ConfigurableApplicationContext replica : List.of(one, two, three)) {
      int status = visitor.get(replica, "/me", cookie).statusCode();
      assertThat(status).isIn(200, 302);
      answers.add(status == 200);
    }
    return answers;
  }

  private String signIn(ConfigurableApplicationContext replica, String user) throws Exception {
    return Visitor.cookie(visitor.get(replica, "/sign-in-as?user=" + user, null));
  }

  private static HubSocket hub(ConfigurableApplicationContext replica, String cookie)
      throws Exception {
    return new HubSocket(replica, "/hub/ends", "SESSION=" + cookie);
  }

  private static ConfigurableApplicationContext replica(String name, boolean keeps) {
    return new SpringApplicationBuilder(SessionRacesIT.App.class, SignInController.class)
        .run(
            "--server.port=0",
            "--spring.application.name=ends",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            // An answer that a busy machine misses would be a 503.
            "--shared-redis.redis.command-timeout=10s",
            "--shared-redis.session.l1.enabled=" + keeps,
            "--shared-redis.session.l1.ttl=" + KEPT,
            "--shared-redis.session.max-sessions-per-user=3",
            "--management.endpoints.web.exposure.include=sessions",
            "--management.endpoint.sessions.access=unrestricted",
            "--shared-redis.drain.notice=0s");
  }

  /** Found in the application's package. */
  @HubEndpoint("/hub/ends")
  static class TestHub extends Hub<Object> {}

  /** Signs anybody in. */
  @RestController
  static class SignInController {

    @GetMapping("/sign-in-as")
    String signIn(String user, HttpServletRequest request, HttpServletResponse response) {
      var somebody = UsernamePasswordAuthenticationToken.authenticated(user, null, List.of());
      new HttpSessionSecurityContextRepository()
          .saveContext(new SecurityContextImpl(somebody), request, response);
      return user;
    }
  }
}
