package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Ends of sessions that no request of theirs tells, and who publishes them: one replica. */
class SessionEventsIT {

  private static final String PREFIX = "shared-redis:events:session:{0}:";

  private final Visitor visitor = new Visitor();
  private RedisServer redis;
  private RedisClient client;
  private RedisCommands<String, String> raw;

  @BeforeEach
  void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    SessionRacesIT.App.events.clear();
  }

  @AfterEach
  void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void sessionsEndedFromElsewhereAreToldAndNothingOfThemIsLeft() throws Exception {
    try (ConfigurableApplicationContext one = replica("one");
        ConfigurableApplicationContext two = replica("two")) {
      String first = visitor.signIn(one, null);
      String second = visitor.signIn(two, null);
      SessionRacesIT.App.events.clear();
      // The limit of two ends the first one, its owner the second, an operator the third.
      String third = visitor.signIn(one, null);
      awaitDeleted(1);
      assertThat(two.getBean(UserSessions.class).end("alice", Visitor.internal(second))).isTrue();
      awaitDeleted(2);
      assertThat(one.getBean(UserSessions.class).endAny(Visitor.internal(third))).isTrue();
      awaitDeleted(3);
      for (String session : List.of(first, second, third)) {
        assertThat(raw.exists(PREFIX + "id:" + Visitor.internal(session))).isZero();
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> raw.keys(PREFIX + "ended*").isEmpty());
    }
  }

  @Test
  void sessionThatExpiredWhileNoReplicaRanIsToldAfterTheRestart() throws Exception {
    String key;
    try (ConfigurableApplicationContext one = replica("one")) {
      key = PREFIX + "id:" + Visitor.internal(visitor.begin(one));
    }
    // Last used an hour ago, for half an hour.
    long access = Long.parseLong(raw.hget(key, "a")) - Duration.ofHours(1).toMillis();
    raw.hset(key, "a", Long.toString(access));
    raw.zadd(PREFIX + "expiry", access, key.substring(key.lastIndexOf(':') + 1));
    assertThat(told("SessionExpiredEvent mug")).isZero();
    // Its claim ends by itself in ten seconds; this saves the wait.
    raw.del(PREFIX + "claimant");
    try (ConfigurableApplicationContext again = replica("one")) {
      assertThat(again.isRunning()).isTrue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> told("SessionExpiredEvent mug") > 0);
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> raw.exists(key) == 0);
    }
  }

  private static void awaitDeleted(int times) {
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> deleted() >= times);
  }

  /** With what was in the session: the application can still see whose it was. */
  private static int deleted() {
    return told("SessionDeletedEvent alice");
  }

  /** How often, of whatever session. */
  private static int told(String event) {
    return (int)
        SessionRacesIT.App.events.stream().filter(told -> told.endsWith(" " + event)).count();
  }

  private ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(SessionRacesIT.App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=events",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            // A sign-in that a busy machine answers too late would be none.
            "--shared-redis.redis.command-timeout=10s",
            "--shared-redis.session.max-sessions-per-user=2",
            "--shared-redis.drain.notice=0s");
  }
}
