package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.SharedSession;
import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Faults of the Redis of sessions, and of the one of the key ring beside it, in the middle of
 * requests: 503 or what was asked for, nothing written in part, nothing brought back.
 */
class SessionFaultsIT {

  private static final String APPLICATION = "faults";
  private static final Duration BACK = Duration.ofSeconds(20);

  private static RedisServer sessions;
  private static RedisServer ring;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext one;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() {
    sessions = RedisServer.start(RedisOptions.defaults().withAppendOnly());
    ring = RedisServer.start(RedisOptions.defaults().withAppendOnly());
    client = RedisClient.create(sessions.uri());
    raw = client.connect().sync();
    one =
        new SpringApplicationBuilder(App.class)
            .run(
                "--server.port=0",
                "--spring.application.name=" + APPLICATION,
                "--SESSION_REDIS_URL=" + sessions.url(),
                "--spring.data.redis.url=" + ring.url(),
                "--shared-redis.hub.backplane=none",
                "--shared-redis.session.store=shared",
                "--shared-redis.drain.notice=0s");
  }

  @AfterAll
  static void stop() {
    one.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    sessions.close();
    ring.close();
  }

  @BeforeEach
  void forget() {
    App.arrived.drainPermits();
    App.goOn.drainPermits();
  }

  @Test
  void redisThatIsKilledUnderARequestRefusesItsWriteAndTheSessionIsThereAfterwards()
      throws Exception {
    String cookie = visitor.begin(one);
    var slow = visitor.slowly(one, "late", cookie);
    sessions.kill();
    App.goOn.release();
    assertRefused(slow.get(20, TimeUnit.SECONDS));
    assertRefused(visitor.get(one, "/all", cookie));
    assertThat(visitor.get(one, "/open", cookie).statusCode()).isEqualTo(200);
    // What needs the ring alone goes on.
    var protector = one.getBean(DataProtectionProvider.class).protector("test");
    assertThat(protector.unprotect(protector.protect("value"))).isEqualTo("value");
    sessions.startAgain();
    awaitAnswer("/all", cookie, "{cart=mug}");
  }

  @Test
  void redisThatComesBackEmptyUnderARequestDoesNotGetTheSessionBack() throws Exception {
    String cookie = visitor.begin(one);
    var slow = visitor.slowly(one, "late", cookie);
    sessions.restartEmpty();
    awaitAnswer("/all", cookie, "no session");
    App.goOn.release();
    assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(raw.exists(Visitor.key(APPLICATION, cookie))).isZero();
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("no session");
  }

  @Test
  void readingGoesOnWhileRedisIsAReadOnlyReplicaAndNothingIsWrittenInPart() throws Exception {
    String cookie = visitor.begin(one);
    Map<String, String> stored = raw.hgetall(Visitor.key(APPLICATION, cookie));
    raw.replicaof("127.0.0.1", 1);
    try {
      assertWritesRefused(cookie);
    } finally {
      raw.replicaofNoOne();
    }
    assertThat(raw.hgetall(Visitor.key(APPLICATION, cookie))).isEqualTo(stored);
    awaitAnswer("/set?name=cart&value=cup", cookie, "set");
  }

  @Test
  void readingGoesOnWhileAMasterLacksTheReplicasThatItWritesFor() throws Exception {
    String cookie = visitor.begin(one);
    Map<String, String> stored = raw.hgetall(Visitor.key(APPLICATION, cookie));
    raw.configSet("min-replicas-to-write", "1");
    try {
      assertWritesRefused(cookie);
    } finally {
      raw.configSet("min-replicas-to-write", "0");
    }
    assertThat(raw.hgetall(Visitor.key(APPLICATION, cookie))).isEqualTo(stored);
    awaitAnswer("/set?name=cart&value=cup", cookie, "set");
  }

  @Test
  void scriptsThatRedisForgotAreSentAgain() throws Exception {
    String cookie = visitor.begin(one);
    raw.scriptFlush();
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
    raw.scriptFlush();
    assertThat(visitor.get(one, "/set?name=cart&value=cup", cookie).statusCode()).isEqualTo(200);
    raw.scriptFlush();
    assertThat(visitor.signInAnswer(one, cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void sessionsGoOnWhileTheRedisOfTheKeyRingIsAway() throws Exception {
    String cookie = visitor.begin(one);
    ring.kill();
    try {
      assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
      String signedIn = visitor.signIn(one, cookie);
      assertThat(visitor.get(one, "/me", signedIn).body()).isEqualTo("alice");
      visitor.signOut(one, signedIn);
      assertThat(visitor.get(one, "/me", signedIn).statusCode()).isEqualTo(302);
    } finally {
      ring.startAgain();
    }
  }

  @Test
  void circuitIsAMeter() throws Exception {
    String cookie = visitor.begin(one);
    assertThat(breaker("closed")).isOne();
    sessions.pause();
    try {
      Awaitility.await()
          .atMost(BACK)
          .until(
              () -> {
                assertRefused(visitor.get(one, "/all", cookie));
                return breaker("open") == 1 && breaker("closed") == 0;
              });
    } finally {
      sessions.resume();
    }
    awaitAnswer("/all", cookie, "{cart=mug}");
    Awaitility.await()
        .atMost(BACK)
        .until(
            () -> {
              assertThat(visitor.get(one, "/all", cookie).statusCode()).isIn(200, 503);
              return breaker("closed") == 1;
            });
  }

  @Test
  void clockOfAReplicaThatIsAnHourOffEndsNoSessionAndKeepsNone() throws Exception {
    for (Duration off : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1)}) {
      SharedSessionRepository skewed =
          new SharedSessionRepository(
              one.getBean(RedisSessionStore.class),
              one.getBean(SessionJson.class),
              Duration.ofMinutes(30),
              "skewed",
              InstantSource.offset(InstantSource.system(), off),
              one);
      SharedSession session = skewed.createSession();
      session.setAttribute("cart", "mug");
      skewed.save(session);
      String cookie = Visitor.cookieOf(session.getId());
      assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
      SharedSession read = skewed.findById(session.getId());
      assertThat(read.isExpired()).isFalse();
      read.setAttribute("cart", "cup");
      read.setLastAccessedTime(Instant.now().plus(off));
      skewed.save(read);
      assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=cup}");
      // Redis' clock alone says how long it lives.
      String end =
          Double.toString(
              raw.zscore(Visitor.prefix(APPLICATION) + "expiry", Visitor.internal(cookie)));
      assertThat(Double.parseDouble(end) - System.currentTimeMillis())
          .isBetween(25 * 60_000.0, 40 * 60_000.0);
    }
  }

  private double breaker(String state) {
    return one.getBean(MeterRegistry.class)
        .get("shared-redis.session.breaker")
        .tag("state", state)
        .gauge()
        .value();
  }

  private void assertWritesRefused(String cookie) throws Exception {
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
    assertRefused(visitor.get(one, "/set?name=cart&value=cup", cookie));
    assertRefused(visitor.get(one, "/set?name=cart&value=cup", null));
    assertRefused(visitor.signInAnswer(one, cookie));
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{cart=mug}");
  }

  private static void assertRefused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }

  /** Until then nothing but a refusal is answered. */
  private void awaitAnswer(String path, String cookie, String body) {
    Awaitility.await()
        .atMost(BACK)
        .until(
            () -> {
              HttpResponse<String> answer = visitor.get(one, path, cookie);
              assertThat(answer.statusCode()).isIn(200, 503);
              return answer.statusCode() == 200 && answer.body().equals(body);
            });
  }
}
