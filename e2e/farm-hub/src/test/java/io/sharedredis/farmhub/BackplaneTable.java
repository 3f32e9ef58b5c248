package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.testkit.RedisServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What plain messages of two servers on one Redis go through when it fails, as the peer's servers
 * were put through it: same load, same faults, same columns. No part of the build, for its time:
 * {@code .ci/proof backplane-table}. System properties: {@code table.faults}, names with commas;
 * {@code table.repeats}.
 */
class BackplaneTable {

  /** Of the promise for plain messages. */
  private static final double BACK_WITHIN_SECONDS = 2;

  private static final List<String> FAULTS =
      Arrays.asList(System.getProperty("table.faults", "").split(","));
  private static final int REPEATS = Integer.getInteger("table.repeats", 1);

  /** What happens, for how long, and how many calls of one client a server runs at once. */
  enum Fault {
    KILLED("killed, back empty", 2, 10, 30) {
      @Override
      void begin(RedisServer redis) {
        redis.kill();
      }

      @Override
      void end(RedisServer redis) {
        redis.startAgainEmpty();
      }
    },
    KILL_PUBSUB("CLIENT KILL TYPE pubsub", 0) {
      @Override
      void begin(RedisServer redis) {
        on(redis, commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
      }
    },
    KILL_NORMAL("CLIENT KILL TYPE normal", 0) {
      @Override
      void begin(RedisServer redis) {
        on(redis, commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
      }
    },
    KILL_BOTH("CLIENT KILL both", 0) {
      @Override
      void begin(RedisServer redis) {
        on(
            redis,
            commands -> {
              commands.clientKill(KillArgs.Builder.typePubsub());
              commands.clientKill(KillArgs.Builder.typeNormal().skipme());
            });
      }
    },
    PAUSED("CLIENT PAUSE", 20) {
      @Override
      void begin(RedisServer redis) {
        on(redis, commands -> commands.clientPause(20_000));
      }
    },
    STOPPED("SIGSTOP", 20) {
      @Override
      void begin(RedisServer redis) {
        redis.pause();
      }

      @Override
      void end(RedisServer redis) {
        redis.resume();
      }
    };

    private final String title;
    private final int[] seconds;

    Fault(String title, int... seconds) {
      this.title = title;
      this.seconds = seconds;
    }

    abstract void begin(RedisServer redis);

    void end(RedisServer redis) {}
  }

  static Stream<Arguments> rows() {
    return Arrays.stream(Fault.values())
        .filter(fault -> FAULTS.equals(List.of("")) || FAULTS.contains(fault.name()))
        .flatMap(
            fault ->
                Arrays.stream(fault.seconds)
                    .boxed()
                    .flatMap(
                        seconds ->
                            Stream.of(1, 10_000)
                                .map(calls -> Arguments.of(fault, seconds, calls))));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatBecomesOfPlainMessages(Fault fault, int seconds, int calls) throws Exception {
    for (int i = 0; i < REPEATS; i++) {
      try (RedisServer redis = RedisServer.startOwn();
          FarmServer a = FarmServer.start("table-1", redis.url(), "--parallel", "" + calls);
          FarmServer b = FarmServer.start("table-2", redis.url(), "--parallel", "" + calls)) {
        FarmServer unused = a.awaitReady();
        FarmServer unusedToo = b.awaitReady();
        JsonNode result = run(redis, a, b, fault, seconds);
        print(fault, seconds, calls, result);
        check(result);
      }
    }
  }

  private static JsonNode run(
      RedisServer redis, FarmServer a, FarmServer b, Fault fault, int seconds) throws Exception {
    Process node =
        new ProcessBuilder("node", "faults.mjs", url(a), url(b))
            .directory(new File("src/test/clients"))
            .redirectError(Path.of("target", "faults.log").toFile())
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(next(lines).get("ready").asBoolean()).isTrue();
      TimeUnit.SECONDS.sleep(8);
      say(node, seconds > 0 ? "fault 500" : "fault");
      fault.begin(redis);
      TimeUnit.SECONDS.sleep(seconds);
      fault.end(redis);
      say(node, "back");
      // As long as with the peer's servers.
      TimeUnit.SECONDS.sleep(seconds < 10 ? 15 : 25);
      say(node, "end");
      return next(lines);
    } finally {
      node.destroyForcibly();
    }
  }

  private static JsonNode next(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    assertThat(line).as("a line of the clients; see target/faults.log").isNotNull();
    return JsonMapper.shared().readTree(line);
  }

  private static String url(FarmServer server) {
    return "http://localhost:" + server.port() + "/hub";
  }

  private static void say(Process node, String line) throws IOException {
    node.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    node.getOutputStream().flush();
  }

  private static void print(Fault fault, int seconds, int calls, JsonNode result) {
    JsonNode a = result.get("a");
    JsonNode b = result.get("b");
    System.out.printf(
        "| %s%s | %s | %s | %s | %s (%s) | %s (%s) | %s/%s | %s/%s | %s/%s | %s |%n",
        fault.title,
        seconds == 0 ? "" : (fault == Fault.KILLED ? " after " : " ") + seconds + " s",
        calls == 1 ? "1" : "∞",
        result.get("sent"),
        result.get("failed"),
        a.get("lost"),
        a.get("lostThoughOk"),
        b.get("lost"),
        b.get("lostThoughOk"),
        a.get("failedButDelivered"),
        b.get("failedButDelivered"),
        a.get("longestGap"),
        b.get("longestGap"),
        a.get("afterBack"),
        b.get("afterBack"),
        result.get("slowest"));
    if (!result.get("newcomer").isEmpty()) {
      System.out.printf("| new client: %s%n", result.get("newcomer"));
    }
  }

  private static void check(JsonNode result) {
    assertThat(result.get("closed")).as("connections that were closed").isEmpty();
    assertThat(result.get("unanswered").asInt()).isZero();
    assertThat(result.get("a").get("lost").asInt()).as("lost on the sending server").isZero();
    for (String client : List.of("a", "b")) {
      assertThat(result.get(client).get("repeated").asInt()).isZero();
      assertThat(result.get(client).get("disordered").asInt()).isZero();
      assertThat(result.get(client).get("afterBack").asDouble()).isLessThan(BACK_WITHIN_SECONDS);
    }
  }

  private static void on(RedisServer redis, Consumer<RedisCommands<String, String>> work) {
    RedisClient client = RedisClient.create(redis.url());
    try {
      work.accept(client.connect().sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
