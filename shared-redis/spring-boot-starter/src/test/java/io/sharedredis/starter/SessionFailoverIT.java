package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.starter.SessionRacesIT.App;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The master of sessions dies, hangs or is replaced under a running application: refusals in time,
 * never another error, and afterwards everybody's session is as it was, without a restart.
 */
@ParameterizedClass
@EnumSource
class SessionFailoverIT {

  /** The deadline of a command, twice the pace of a loaded machine. */
  private static final Duration IN_TIME = Duration.ofSeconds(5);

  private static final Duration BACK = Duration.ofSeconds(30);

  /** After five seconds Redis gives a failover up that was asked for. */
  private static final Duration AGAIN = Duration.ofSeconds(6);

  /** How the Redis of sessions is built. */
  enum Redis {
    SENTINEL {
      private RedisSentinel redis;

      @Override
      String[] start() {
        redis = RedisSentinel.start();
        return new String[] {
          "--spring.data.redis.sentinel.master=" + RedisSentinel.MASTER,
          "--spring.data.redis.sentinel.nodes=" + String.join(",", redis.sentinels())
        };
      }

      @Override
      RedisServer master() {
        return redis.master();
      }

      @Override
      void awaitOther(RedisServer before) {
        redis.awaitOther(before);
      }

      @Override
      void demote(RedisServer master) {
        // Of a server that is not there: the sentinels find out, and promote the replica.
        String unused = ask(master, commands -> commands.replicaof("127.0.0.1", 1));
        assertThatThrownBy(() -> ask(master, commands -> commands.set("any", "1")))
            .hasMessageContaining("READONLY");
      }

      @Override
      void rejoin(RedisServer killed) {
        redis.rejoin(killed);
      }

      @Override
      void stop() {
        redis.close();
      }
    },

    CLUSTER {
      private RedisCluster redis;

      @Override
      String[] start() {
        redis = RedisCluster.startWithReplicas();
        return new String[] {
          "--spring.data.redis.cluster.nodes=" + String.join(",", redis.addresses())
        };
      }

      @Override
      RedisServer master() {
        return redis.ownerOf("{0}");
      }

      @Override
      void awaitOther(RedisServer before) {
        redis.awaitOtherOwner("{0}", before);
      }

      @Override
      void demote(RedisServer master) {
        String follows = "master_port:" + master.uri().getPort();
        for (RedisServer node : redis.nodes()) {
          if (ask(node, commands -> commands.info("replication")).contains(follows)) {
            String unused = ask(node, commands -> commands.clusterFailover(false));
          }
        }
      }

      /** A failover that finds the replica or the votes late is given up by Redis. */
      @Override
      void awaitDemoted(RedisServer master) {
        for (int i = 0; i < 10 && redis.ownerOf("{0}") == master; i++) {
          try {
            Awaitility.await().atMost(AGAIN).until(() -> redis.ownerOf("{0}") != master);
          } catch (ConditionTimeoutException late) {
            again(master);
          }
        }
        awaitOther(master);
      }

      private void again(RedisServer master) {
        try {
          demote(master);
        } catch (RedisCommandExecutionException e) {
          // Its replica is the master by now, or finds that it cannot be yet.
        }
      }

      @Override
      void rejoin(RedisServer killed) {
        killed.startAgain();
        redis.awaitOk();
      }

      @Override
      void stop() {
        redis.close();
      }
    };

    /** The settings of an application that uses it. */
    abstract String[] start();

    abstract RedisServer master();

    abstract void awaitOther(RedisServer before);

    /** Makes a replica of the master. */
    abstract void demote(RedisServer master);

    /** Waits until another one is master, and sees to it. */
    void awaitDemoted(RedisServer master) {
      awaitOther(master);
    }

    abstract void rejoin(RedisServer killed);

    abstract void stop();
  }

  private static Redis redis;
  private static String[] settings;
  private static ConfigurableApplicationContext one;

  @Parameter Redis of;

  private final Visitor visitor = new Visitor();

  @BeforeParameterizedClassInvocation
  static void start(Redis of) {
    redis = of;
    settings = redis.start();
    one = replica("shared");
  }

  /** Key ring and sessions in one Redis. */
  private static ConfigurableApplicationContext replica(String store) {
    return new SpringApplicationBuilder(App.class, RequestsUnderWay.Controller.class)
        .properties(
            "server.port=0",
            "spring.application.name=failover",
            "shared-redis.session.store=" + store,
            "shared-redis.hub.backplane=none",
            "shared-redis.drain.notice=0s")
        .run(settings);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    one.close();
    redis.stop();
  }

  @Test
  void masterThatDiesCostsRefusalsAndNoSession() throws Exception {
    String cookie = visitor.begin(one);
    String signedOut = visitor.signIn(one, null);
    visitor.signOut(one, signedOut);
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    RedisServer before = redis.master();
    awaitCopied(before);
    before.kill();
    assertRefusedOrServed("/all", cookie);
    assertRefusedOrServed("/set?name=cart&value=lost", null);
    assertThat(visitor.get(one, "/open", cookie).statusCode()).isEqualTo(200);
    redis.awaitOther(before);
    requests.goOn();
    awaitServed("/all", cookie, "{cart=mug}");
    requests.assertNothingIsHalfDone();
    assertThat(served("/set?name=cup&value=1", cookie).statusCode()).isEqualTo(200);
    assertThat(served("/all", cookie).body()).isEqualTo("{cart=mug, cup=1}");
    assertThat(served("/me", signedOut).statusCode()).isEqualTo(302);
    redis.rejoin(before);
  }

  @Test
  void repositoryOfSpringSessionIsServedAsWell() throws Exception {
    try (ConfigurableApplicationContext plain = replica("spring-session")) {
      String before = visitor.begin(plain);
      String cookie = visitor.signIn(plain, before);
      assertThat(visitor.get(plain, "/me", cookie).body()).isEqualTo("alice");
      assertThat(visitor.get(plain, "/all", cookie).body()).contains("cart=mug");
      visitor.signOut(plain, cookie);
      assertThat(visitor.get(plain, "/me", cookie).statusCode()).isEqualTo(302);
    }
  }

  @Test
  void masterThatHangsAndComesBackBringsNothingBack() throws Exception {
    String cookie = visitor.signIn(one, null);
    RequestsUnderWay requests = RequestsUnderWay.begin(one);
    RedisServer before = redis.master();
    awaitCopied(before);
    before.pause();
    try {
      requests.goOn();
      assertRefusedOrServed("/all", cookie);
      redis.awaitOther(before);
      Awaitility.await()
          .atMost(BACK)
          .until(() -> visitor.get(one, "/me", cookie).statusCode() == 200);
      Awaitility.await()
          .atMost(BACK)
          .until(
              () -> {
                visitor.signOut(one, cookie);
                return served("/me", cookie).statusCode() == 302;
              });
    } finally {
      before.resume();
    }
    // The former master has the session still, and thinks itself master for a moment.
    for (int i = 0; i < 20; i++) {
      assertThat(served("/me", cookie).statusCode()).isEqualTo(302);
    }
    requests.assertNothingIsHalfDone();
    before.kill();
    redis.rejoin(before);
  }

  /** It is there and answers, and takes no writes. */
  @Test
  void masterThatIsDemotedRefusesWritesUntilTheNextOneIsFound() throws Exception {
    String cookie = visitor.begin(one);
    RedisServer before = redis.master();
    awaitCopied(before);
    redis.demote(before);
    assertRefusedOrServed("/set?name=cup&value=1", cookie);
    redis.awaitDemoted(before);
    assertThat(served("/set?name=cup&value=2", cookie).statusCode()).isEqualTo(200);
    assertThat(served("/all", cookie).body()).isEqualTo("{cart=mug, cup=2}");
    before.kill();
    redis.rejoin(before);
  }

  private void assertRefusedOrServed(String path, String cookie) throws Exception {
    for (int i = 0; i < 5; i++) {
      long begin = System.nanoTime();
      HttpResponse<String> answer = visitor.get(one, path, cookie);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(IN_TIME);
      assertThat(answer.statusCode()).isIn(200, 503);
      if (answer.statusCode() == 503) {
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
      }
    }
  }

  private HttpResponse<String> served(String path, String cookie) {
    return visitor.served(one, path, cookie);
  }

  /** Until then nothing but a refusal is answered. */
  private void awaitServed(String path, String cookie, String body) {
    Awaitility.await()
        .atMost(BACK)
        .until(
            () -> {
              HttpResponse<String> answer = visitor.get(one, path, cookie);
              assertThat(answer.statusCode()).isIn(200, 503);
              return answer.statusCode() == 200 && answer.body().equals(body);
            });
  }

  private static void awaitCopied(RedisServer master) {
    long copies =
        ask(
            master,
            commands -> {
              // Waited for is what this connection has written, and all that was before it.
              commands.set("copied:{0}", "so far");
              return commands.waitForReplication(1, 10_000);
            });
    assertThat(copies).isEqualTo(1);
  }

  private static <T> T ask(
      RedisServer server, Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(server.uri());
    try (var connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
