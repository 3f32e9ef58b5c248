package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
 * Each meter of sessions counts what it says, and nothing else: through the starter, with what
 * requests and Redis did beside it. One replica refuses sign-ins beyond the limit, the other ends
 * the oldest session.
 */
class SessionMetersIT {

  private static final String APPLICATION = "meters";
  private static final int LIMIT = 2;

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext refusing;
  private static ConfigurableApplicationContext ending;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    refusing = replica("refusing", "refuse");
    ending = replica("ending", "end-oldest");
  }

  @AfterAll
  static void stop() {
    refusing.close();
    ending.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @BeforeEach
  void nobodyIsSignedIn() {
    refusing.getBean(UserSessions.class).endAll("alice");
    App.arrived.drainPermits();
    App.goOn.drainPermits();
  }

  @Test
  void readsAreLoadsWithTheBytesThatRedisGives() throws Exception {
    String cookie = visitor.begin(refusing);
    Counted loads = counted("loads");
    Counted read = counted("read");
    Counted misses = counted("misses");
    visitor.get(refusing, "/open", cookie);
    assertThat(loads.more()).as("the session was left alone").isZero();
    visitor.get(refusing, "/all", cookie);
    assertThat(loads.more()).isEqualTo(1);
    String key = Visitor.key(APPLICATION, cookie);
    assertThat(read.more()).isBetween(bytes(key, "x:"), bytes(key, ""));
    assertThat(misses.more()).isZero();
    visitor.signOut(refusing, cookie);
    visitor.get(refusing, "/all", cookie);
    assertThat(misses.more()).isEqualTo(1);
  }

  @Test
  void writesAreSavesWithTheBytesOfTheirValues() throws Exception {
    String cookie = visitor.begin(refusing);
    Counted saves = counted("saves");
    Counted written = counted("written");
    visitor.get(refusing, "/all", cookie);
    assertThat(saves.more()).as("only read").isZero();
    visitor.get(refusing, "/set?name=cart&value=teapot", cookie);
    assertThat(saves.more()).isEqualTo(1);
    assertThat(written.more()).isEqualTo("\"teapot\"".length());
    visitor.get(refusing, "/remove?name=cart", cookie);
    assertThat(saves.more()).isEqualTo(2);
    assertThat(written.more()).as("a removal writes none").isEqualTo("\"teapot\"".length());
  }

  @Test
  void valueThatReplacesWhatAnotherRequestWroteMeanwhileIsAConflict() throws Exception {
    String cookie = visitor.begin(refusing);
    Counted conflicts = counted("conflicts");
    var apart = visitor.slowly(refusing, "other", cookie);
    visitor.get(refusing, "/set?name=cart&value=cup", cookie);
    App.goOn.release();
    assertThat(apart.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(conflicts.more()).as("another attribute").isZero();
    var same = visitor.slowly(refusing, "cart", cookie);
    visitor.get(refusing, "/set?name=cart&value=tea", cookie);
    App.goOn.release();
    assertThat(same.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(conflicts.more()).isEqualTo(1);
  }

  @Test
  void writeToASessionThatEndedMeanwhileIsGoneAndNoSave() throws Exception {
    String cookie = visitor.begin(refusing);
    Counted gone = counted("gone");
    Counted saves = counted("saves");
    var slow = visitor.slowly(refusing, "late", cookie);
    visitor.signOut(ending, cookie);
    App.goOn.release();
    assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(gone.more()).isEqualTo(1);
    assertThat(saves.more()).isZero();
  }

  @Test
  void attributeThatDoesNotOpenOrDecodeIsDropped() throws Exception {
    String cookie = visitor.begin(refusing);
    Counted dropped = counted("dropped-attributes");
    visitor.get(refusing, "/all", cookie);
    assertThat(dropped.more()).isZero();
    raw.hset(Visitor.key(APPLICATION, cookie), "x:cart", "2:forged");
    visitor.get(refusing, "/all", cookie);
    assertThat(dropped.more()).isEqualTo(1);
  }

  @Test
  void cookieThatNobodyIssuedIsRefused() throws Exception {
    Counted refused = counted("refused-cookies");
    visitor.get(refusing, "/all", visitor.begin(refusing));
    assertThat(refused.more()).isZero();
    visitor.get(refusing, "/all", "CfDJ8forged");
    assertThat(refused.more()).isEqualTo(1);
  }

  @Test
  void signInBeyondTheLimitIsRefused() throws Exception {
    Counted refused = counted("refused");
    Counted ended = counted("ended");
    for (int i = 0; i < LIMIT; i++) {
      visitor.signIn(refusing, null);
    }
    assertThat(refused.more()).isZero();
    assertThat(visitor.signInAnswer(refusing, null).statusCode()).isEqualTo(409);
    assertThat(refused.more()).isEqualTo(1);
    assertThat(ended.more()).isZero();
  }

  @Test
  void endsBySignOutByTheirOwnerByAnOperatorAndForTheLimitAreAllCounted() throws Exception {
    UserSessions users = ending.getBean(UserSessions.class);
    Counted ended = new Counted(ending, "ended");
    visitor.signOut(ending, visitor.signIn(ending, null));
    assertThat(ended.more()).as("sign-out").isEqualTo(1);
    String first = visitor.signIn(ending, null);
    assertThat(users.end("alice", Visitor.internal(first))).isTrue();
    assertThat(users.end("alice", Visitor.internal(first))).isFalse();
    assertThat(ended.more()).as("one of the user's").isEqualTo(2);
    String second = visitor.signIn(ending, null);
    String path = "/actuator/sessions/" + Visitor.internal(second);
    assertThat(visitor.delete(ending, path).statusCode()).isEqualTo(200);
    assertThat(visitor.delete(ending, path).statusCode()).isEqualTo(404);
    assertThat(ended.more()).as("by an operator").isEqualTo(3);
    for (int i = 0; i < LIMIT + 1; i++) {
      visitor.signIn(ending, null);
    }
    assertThat(ended.more()).as("for the limit").isEqualTo(4);
    assertThat(visitor.delete(ending, "/actuator/sessions?user=alice").statusCode()).isEqualTo(200);
    assertThat(ended.more()).as("all of the user's").isEqualTo(4 + LIMIT);
    String stays = visitor.signIn(ending, null);
    visitor.signIn(ending, null);
    assertThat(users.endOthers("alice", Visitor.internal(stays))).isEqualTo(1);
    assertThat(ended.more()).as("all but one").isEqualTo(5 + LIMIT);
  }

  @Test
  void expiredSessionIsCountedByTheReplicaThatTellsOfIt() throws Exception {
    Counted here = new Counted(refusing, "expired");
    Counted there = new Counted(ending, "expired");
    visitor.get(refusing, "/expire", visitor.begin(refusing));
    // At least once: a machine that is slow may tell of it again.
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> here.more() + there.more() >= 1);
  }

  @Test
  void whatRedisDoesNotAnswerIsCountedAndTheBreakerShowsItsState() throws Exception {
    String cookie = visitor.begin(refusing);
    assertThat(breaker("closed")).isEqualTo(1);
    assertThat(breaker("open") + breaker("half-open")).isZero();
    Counted unavailable = counted("unavailable");
    redis.stop();
    try {
      int asked = 0;
      long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (breaker("open") == 0) {
        HttpResponse<String> answer = visitor.get(refusing, "/all", cookie);
        assertThat(answer.statusCode()).isEqualTo(503);
        asked++;
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      assertThat(unavailable.more()).isEqualTo(asked);
      assertThat(breaker("closed")).isZero();
    } finally {
      redis.startAgain();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              visitor.get(refusing, "/all", cookie);
              visitor.get(ending, "/all", cookie);
              return breaker("closed") == 1;
            });
  }

  private static Counted counted(String name) {
    return new Counted(refusing, name);
  }

  private static double breaker(String state) {
    return refusing
        .getBean(MeterRegistry.class)
        .get("shared-redis.session.breaker")
        .tag("state", state)
        .gauge()
        .value();
  }

  /** Values of a session's fields whose names begin so, and the names, sealed as they are. */
  private static int bytes(String key, String prefix) {
    return client
        .connect(ByteArrayCodec.INSTANCE)
        .sync()
        .hgetall(key.getBytes(StandardCharsets.UTF_8))
        .entrySet()
        .stream()
        .filter(field -> new String(field.getKey(), StandardCharsets.UTF_8).startsWith(prefix))
        .mapToInt(field -> field.getKey().length + field.getValue().length)
        .sum();
  }

  private static ConfigurableApplicationContext replica(String name, String beyondLimit) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=" + APPLICATION,
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            // What is counted is not how busy the machine is.
            "--shared-redis.redis.command-timeout=10s",
            "--shared-redis.session.max-sessions-per-user=" + LIMIT,
            "--shared-redis.session.beyond-limit=" + beyondLimit,
            "--management.endpoints.web.exposure.include=sessions",
            "--management.endpoint.sessions.access=unrestricted",
            "--shared-redis.drain.notice=0s");
  }

  /** What a meter has counted since this was made. */
  private static final class Counted {
    private final ConfigurableApplicationContext replica;
    private final String name;
    private final double before;

    Counted(ConfigurableApplicationContext replica, String name) {
      this.replica = replica;
      this.name = "shared-redis.session." + name;
      this.before = count();
    }

    private double count() {
      return replica.getBean(MeterRegistry.class).get(name).functionCounter().count();
    }

    int more() {
      return (int) (count() - before);
    }
  }
}
