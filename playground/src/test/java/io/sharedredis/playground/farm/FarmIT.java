package io.sharedredis.playground.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The built jar with stub apps, real Redis and real PostgreSQL: processes, files, commands. */
class FarmIT {

  @TempDir static Path shared;

  static Path stub;

  @BeforeAll
  static void pack() throws IOException {
    stub = StubJar.in(shared);
  }

  @Test
  void farmDescribesItselfTakesCommandsAndStopsWithoutALeftover(@TempDir Path directory)
      throws Exception {
    try (Launcher farm =
        Launcher.ofStubs(directory, stub, "--replicas", "2", "--env", "webspa-2:IsClusterEnv=false")
            .awaitReady()) {
      JsonNode file = farm.farmFile();
      assertThat(file.propertyNames()).containsExactly("gateway", "redis", "postgres", "replicas");
      assertThat(file.get("gateway").asString()).isEqualTo("http://localhost:" + farm.gatewayPort);
      assertThat(file.get("redis").asString()).startsWith("redis://localhost:");
      assertThat(file.get("postgres").asString()).startsWith("jdbc:postgresql://localhost:");
      assertThat(file.get("replicas").findValuesAsString("name"))
          .containsExactly("webspa-1", "webspa-2", "identity-1", "identity-2");
      assertThat(file.get("replicas").get(0).propertyNames()).containsExactly("name", "url", "pid");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(farm.runDirectory.resolve("control.json"))))
          .isEqualTo("rw-------");

      Set<String> answered = new TreeSet<>();
      for (int i = 0; i < 4; i++) {
        answered.add(farm.get("/hc").headers().firstValue("X-Replica").orElseThrow());
        answered.add(farm.get("/identity/hc").headers().firstValue("X-Replica").orElseThrow());
      }
      assertThat(answered).containsExactly("identity-1", "identity-2", "webspa-1", "webspa-2");
      assertThat(List.of(farm.get("/").body(), farm.get("/").body()))
          .containsExactlyInAnyOrder(
              "/ IsClusterEnv=true grace=5s\n", "/ IsClusterEnv=false grace=5s\n");

      long before = pid(farm, "webspa-2");
      assertThat(farm.command("kill", "webspa-2")).startsWith("0 webspa-2 (pid " + before + ")");
      await()
          .untilAsserted(
              () ->
                  assertThat(farm.output())
                      .contains("webspa-2 (pid " + before + ") died with exit code 137"));
      for (int i = 0; i < 4; i++) {
        assertThat(farm.get("/").headers().firstValue("X-Replica")).hasValue("webspa-1");
      }
      assertThat(farm.output()).contains("webspa-2   out of traffic");
      assertThat(farm.farmFile().get("replicas").get(1).get("pid").isNull()).isTrue();
      assertThat(farm.command("status")).contains("webspa-2").contains("does not run");
      assertThat(farm.command("restart", "webspa-2")).startsWith("0 webspa-2 starting");
      assertThat(pid(farm, "webspa-2")).isNotEqualTo(before).isPositive();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> farm.get("/").headers().firstValue("X-Replica").orElse("").endsWith("-2"));

      assertThat(farm.command("kill", "redis")).isEqualTo("0 redis killed\n");
      await().untilAsserted(() -> assertThat(farm.output()).containsPattern("Redis .*died"));
      assertThat(farm.command("restart", "redis")).startsWith("0 redis runs again");
      URI redis = URI.create(file.get("redis").asString());
      assertThat(RedisProcess.answersPing(redis.getHost(), redis.getPort())).isTrue();

      assertThat(farm.command("kill", "webspa-9"))
          .startsWith("1 ")
          .contains("no replica is called webspa-9");
      assertThat(farm.command("start", "--gateway-port", "1"))
          .startsWith("1 ")
          .contains("a farm already runs in");

      List<ProcessHandle> processes = farm.descendants();
      assertThat(farm.command("stop")).startsWith("0 ");
      assertThat(farm.awaitExit()).isZero();
      assertThat(processes).hasSizeGreaterThan(6).noneMatch(Launcher::runs);
      assertNothingLeft(farm);
    }
  }

  @Test
  void controlCStopsTheScriptsFarmWithoutALeftover(@TempDir Path directory) throws Exception {
    try (Launcher farm = Launcher.ofStubsByScript(directory, stub).awaitReady()) {
      List<ProcessHandle> processes = farm.descendants();
      assertThat(processes).hasSizeGreaterThan(4).allMatch(Launcher::runs);

      farm.interrupt();

      assertThat(farm.awaitExit()).as(farm.output()).isZero();
      assertThat(farm.output()).endsWith("stopped\n");
      assertThat(processes).noneMatch(Launcher::runs);
      assertNothingLeft(farm);
    }
  }

  @Test
  void nothingIsLeftWhenTheLauncherIsKilled(@TempDir Path directory) throws Exception {
    try (Launcher farm = Launcher.ofStubs(directory, stub).awaitReady()) {
      List<ProcessHandle> processes = farm.descendants();
      assertThat(processes).hasSizeGreaterThan(4).allMatch(Launcher::runs);

      farm.handle().destroyForcibly();

      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(processes).noneMatch(Launcher::runs));
      await().untilAsserted(() -> assertNothingLeft(farm));
    }
  }

  @Test
  void farmKilledTogetherWithItsWatchdogIsCleanedUpByTheNextStart(@TempDir Path directory)
      throws Exception {
    List<ProcessHandle> processes;
    try (Launcher farm = Launcher.ofStubs(directory, stub).awaitReady()) {
      processes = farm.descendants();
      processes.stream()
          .filter(one -> one.info().commandLine().orElse("").endsWith(" watchdog"))
          .forEach(ProcessHandle::destroyForcibly);
      farm.handle().destroyForcibly();
    }
    try (Launcher next = Launcher.ofStubs(directory, stub).awaitReady()) {
      assertThat(processes).noneMatch(Launcher::runs);
      next.handle().destroy();
      assertThat(next.awaitExit()).isZero();
      assertNothingLeft(next);
    }
  }

  @Test
  void takenPortIsNamedBeforeAnythingStarts(@TempDir Path directory) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Launcher farm =
            Launcher.ofStubs(
                directory, stub, "--identity-port", Integer.toString(taken.getLocalPort()))) {
      assertThat(farm.awaitExit()).isEqualTo(1);
      assertThat(farm.output())
          .contains("port " + taken.getLocalPort() + " is taken (wanted for identity-1)")
          .doesNotContain("Redis ");
    }
  }

  @Test
  void replicaThatEndsBeforeItIsReadyEndsTheStartWithItsLog(@TempDir Path directory)
      throws Exception {
    try (Launcher farm =
        Launcher.ofStubs(directory, stub, "--env", "identity-1:SERVER_PORT=nonsense")) {
      assertThat(farm.awaitExit()).isEqualTo(1);
      assertThat(farm.output())
          .contains("identity-1 ended before it was ready")
          .contains("NumberFormatException");
      assertNothingLeft(farm);
    }
  }

  private static long pid(Launcher farm, String name) throws IOException {
    for (JsonNode replica : farm.farmFile().get("replicas")) {
      if (replica.get("name").asString().equals(name)) {
        return replica.get("pid").asLong();
      }
    }
    throw new AssertionError("no " + name);
  }

  private static void assertNothingLeft(Launcher farm) {
    for (String file : List.of("farm.json", "control.json", "farm.journal", "farm-data")) {
      assertThat(farm.runDirectory.resolve(file)).doesNotExist();
    }
  }
}
