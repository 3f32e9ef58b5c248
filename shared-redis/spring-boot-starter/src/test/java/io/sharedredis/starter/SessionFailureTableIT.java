package io.sharedredis.starter;

import static io.sharedredis.starter.Visitor.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The table of docs/sessions.md, row by row: where Spring Session's Redis repositories were seen to
 * answer 500, to bring a session back in part, or to hang, ours does neither. Two replicas, a real
 * Redis.
 */
class SessionFailureTableIT {

  private static final String TABLE = "table";

  /** What nobody shall wait longer for, on a machine that does other things beside. */
  private static final Duration NO_HANG = Duration.ofSeconds(15);

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
  void redisIsThere() {
    App.arrived.drainPermits();
    App.goOn.drainPermits();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                visitor.signInAnswer(one, null).statusCode() == 302
                    && visitor.signInAnswer(two, null).statusCode() == 302);
  }

  @Test
  void signOutWhileAnotherRequestIsUnderWay() throws Exception {
    String cookie = visitor.signIn(one, visitor.begin(one));
    var slow = visitor.slowly(two, "late", cookie);
    visitor.signOut(one, cookie);
    App.goOn.release();
    HttpResponse<String> answer = slow.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("cart=mug").contains("late=late");
    assertNothingWasBroughtBack(cookie);
  }

  @Test
  void sessionThatVanishesWhileARequestIsUnderWay() throws Exception {
    String cookie = visitor.signIn(one, visitor.begin(one));
    var slow = visitor.slowly(two, "late", cookie);
    raw.del(key(TABLE, cookie));
    App.goOn.release();
    HttpResponse<String> answer = slow.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("cart=mug").contains("late=late");
    assertNothingWasBroughtBack(cookie);
  }

  /** By Redis itself, at its limit of memory. */
  @Test
  void sessionThatIsEvictedWhileARequestIsUnderWay() throws Exception {
    String cookie = visitor.signIn(one, visitor.begin(one));
    var slow = visitor.slowly(two, "late", cookie);
    raw.configSet("maxmemory-policy", "allkeys-lru");
    raw.configSet("maxmemory", "1");
    try {
      // Every command now makes room first, until nothing is left.
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> evict() && raw.exists(key(TABLE, cookie)) == 0);
    } finally {
      raw.configSet("maxmemory", "0");
      raw.configSet("maxmemory-policy", "noeviction");
    }
    App.goOn.release();
    assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertNothingWasBroughtBack(cookie);
  }

  private static boolean evict() {
    try {
      raw.set("room", "needed");
    } catch (RedisCommandExecutionException e) {
      assertThat(e).hasMessageStartingWith("OOM");
    }
    return true;
  }

  @Test
  void signInWhileASecondRequestOfThePageIsUnderWay() throws Exception {
    String before = visitor.begin(one);
    var slow = visitor.slowly(two, "late", before);
    String after = visitor.signIn(one, before);
    assertThat(after).isNotEqualTo(before);
    App.goOn.release();
    HttpResponse<String> answer = slow.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(visitor.get(one, "/me", after).body()).isEqualTo("alice");
    assertThat(visitor.get(two, "/all", after).body()).contains("late=late");
    // The former cookie is served and signs nobody in; then it is no session, and no error.
    HttpResponse<String> former = visitor.get(one, "/all", before);
    assertThat(former.statusCode()).isEqualTo(200);
    assertThat(former.body()).doesNotContain("SPRING_SECURITY_CONTEXT");
    for (String field : raw.hkeys(key(TABLE, before))) {
      if (field.startsWith("o:")) {
        raw.hset(key(TABLE, before), field, "1:1");
      }
    }
    assertThat(visitor.get(one, "/all", before).body()).isEqualTo("no session");
    assertThat(visitor.get(two, "/me", after).body()).isEqualTo("alice");
  }

  @Test
  void parallelRequestsThatWriteDifferentAttributes() throws Exception {
    String cookie = visitor.begin(one);
    var left = visitor.slowly(one, "left", cookie);
    var right = visitor.slowly(two, "right", cookie);
    App.goOn.release(2);
    assertThat(left.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(right.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(visitor.get(one, "/all", cookie).body())
        .isEqualTo("{cart=mug, left=left, right=right}");
  }

  @Test
  void attributeThatIsRemoved() throws Exception {
    String cookie = visitor.begin(one);
    visitor.get(two, "/remove?name=cart", cookie);
    assertThat(visitor.get(one, "/all", cookie).body()).isEqualTo("{}");
    assertThat(raw.hkeys(key(TABLE, cookie))).noneMatch(field -> field.startsWith("x:"));
  }

  @Test
  void redisIsDownAndTheRequestHasNoCookie() throws Exception {
    redis.stop();
    try {
      assertThat(inTime(() -> visitor.get(one, "/open", null)).statusCode()).isEqualTo(200);
      assertThat(inTime(() -> visitor.get(one, "/all", null)).statusCode()).isEqualTo(200);
    } finally {
      redis.startAgainEmpty();
    }
  }

  @Test
  void redisIsDownAndTheRequestHasACookie() throws Exception {
    String cookie = visitor.signIn(one, null);
    redis.stop();
    try {
      // A path that looks at the session is told to come back; one that does not is served.
      assertOutage(cookie);
    } finally {
      redis.startAgainEmpty();
    }
  }

  @Test
  void redisHangsAndTheRequestHasACookie() throws Exception {
    String cookie = visitor.signIn(one, null);
    redis.pause();
    try {
      assertOutage(cookie);
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> visitor.get(one, "/me", cookie).body().equals("alice"));
  }

  private void assertOutage(String cookie) throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(inTime(() -> visitor.get(one, "/open", cookie)).statusCode()).isEqualTo(200);
      HttpResponse<String> refused = inTime(() -> visitor.get(one, "/me", cookie));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.headers().allValues("Set-Cookie")).isEmpty();
    }
  }

  private void assertNothingWasBroughtBack(String cookie) throws Exception {
    assertThat(raw.exists(key(TABLE, cookie))).isZero();
    for (ConfigurableApplicationContext replica : new ConfigurableApplicationContext[] {one, two}) {
      assertThat(visitor.get(replica, "/all", cookie).body()).isEqualTo("no session");
      assertThat(visitor.get(replica, "/me", cookie).statusCode()).isEqualTo(302);
    }
  }

  private static HttpResponse<String> inTime(Request request) throws Exception {
    long begin = System.nanoTime();
    HttpResponse<String> answer = request.send();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(NO_HANG);
    return answer;
  }

  private interface Request {
    HttpResponse<String> send() throws Exception;
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=" + TABLE,
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            "--shared-redis.session.store=shared",
            "--shared-redis.drain.notice=0s");
  }
}
