package io.sharedredis.starter;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.starter.RequestsUnderWay.Act;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Something happens to Redis between the read and the write of requests of each kind: an answer in
 * time, never another error than 503, nothing half written, nothing lost that was answered as done.
 * The same where a replica takes over: {@link SessionFailoverIT}.
 */
class SessionFaultsUnderRequestsIT {

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static ConfigurableApplicationContext one;

  private final Visitor visitor = new Visitor();

  @BeforeAll
  static void start() {
    redis = RedisServer.start(RedisOptions.defaults().withAppendOnly());
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    one =
        new SpringApplicationBuilder(App.class, RequestsUnderWay.Controller.class)
            .run(
                "--server.port=0",
                "--spring.application.name=under-way",
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.hub.backplane=none",
                // Long enough for a busy machine, short enough to wait for.
                "--shared-redis.redis.command-timeout=2s",
                "--shared-redis.drain.notice=0s");
  }

  @AfterAll
  static void stop() {
    one.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @BeforeEach
  void redisIsThere() {
    App.arrived.drainPermits();
    App.goOn.drainPermits();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> visitor.signInAnswer(one, null).statusCode() == 302);
  }

  @Test
  void redisIsKilled() throws Exception {
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    redis.kill();
    try {
      requests.goOn();
      requests.assertRefused();
    } finally {
      redis.startAgain();
    }
    requests.assertNothingIsHalfDoneOrLeft();
  }

  /** It was away only while nobody asked. */
  @Test
  void redisIsKilledAndStartedAgain() throws Exception {
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    redis.kill();
    redis.startAgain();
    requests.goOn();
    requests.assertNothingIsHalfDoneOrLeft();
  }

  /** What it was sent meanwhile it does when it goes on. */
  @Test
  void redisHangs() throws Exception {
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    redis.pause();
    try {
      requests.goOn();
      requests.assertRefused();
    } finally {
      redis.resume();
    }
    requests.assertNothingIsHalfDoneOrLeft();
  }

  @Test
  void redisBecomesReadOnly() throws Exception {
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    raw.replicaof("127.0.0.1", 1);
    try {
      requests.goOn();
      requests.assertRefused();
    } finally {
      raw.replicaofNoOne();
    }
    requests.assertNothingIsHalfDoneOrLeft();
  }

  /** There is always room for an end. */
  @Test
  void redisIsFull() throws Exception {
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    raw.configSet("maxmemory", "1");
    try {
      requests.goOn();
      requests.assertRefused(Act.SIGN_OUT);
    } finally {
      raw.configSet("maxmemory", "0");
    }
    requests.assertNothingIsHalfDoneOrLeft();
  }
}
