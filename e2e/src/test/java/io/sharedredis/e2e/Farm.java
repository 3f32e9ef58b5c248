package io.sharedredis.e2e;

import io.sharedredis.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A farm started by the playground's jar on free ports, in a run directory of its own; closing it
 * stops everything.
 */
final class Farm implements AutoCloseable {

  /** How long a farm may take to be ready on a busy two-core machine. */
  private static final Duration READY = Duration.ofSeconds(240);

  private static final Pattern ORIGIN = Pattern.compile("^https?://[^/]+");

  record Replica(String name, String url, long pid) {

    /** Scheme, host and port, without the context path. */
    String origin() {
      var matcher = ORIGIN.matcher(url);
      if (!matcher.find()) {
        throw new IllegalStateException("not a URL in farm.json: " + url);
      }
      return matcher.group();
    }
  }

  private final Process launcher;
  private final Path runDirectory;
  private final String gateway;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private Farm(Process launcher, Path runDirectory, String gateway) {
    this.launcher = launcher;
    this.runDirectory = runDirectory;
    this.gateway = gateway;
  }

  /**
   * Starts two replicas of each app and waits until all are ready; {@code options} go to the
   * launcher.
   */
  static Farm start(String... options) {
    try {
      Path directory = Files.createTempDirectory("farm");
      int gatewayPort = FreePorts.one();
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  launcherJar().toString(),
                  "--gateway-port",
                  Integer.toString(gatewayPort),
                  "--webspa-port",
                  Integer.toString(FreePorts.firstOf(4)),
                  "--identity-port",
                  Integer.toString(FreePorts.firstOf(4)),
                  "--run-dir",
                  directory.toString()));
      command.addAll(Arrays.asList(options));
      ProcessBuilder builder = new ProcessBuilder(command).directory(root().toFile());
      builder.redirectErrorStream(true).redirectOutput(directory.resolve("launcher.log").toFile());
      Process process = builder.start();
      Farm farm = new Farm(process, directory, "http://localhost:" + gatewayPort);
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      farm.awaitReady();
      return farm;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String gateway() {
    return gateway;
  }

  HttpClient http() {
    return http;
  }

  Path logs() {
    return runDirectory.resolve("logs");
  }

  String redisUrl() {
    return info().get("redis").asString();
  }

  List<Replica> replicas() {
    List<Replica> replicas = new ArrayList<>();
    for (JsonNode node : info().get("replicas")) {
      replicas.add(
          new Replica(
              node.get("name").asString(), node.get("url").asString(), node.get("pid").asLong()));
    }
    return replicas;
  }

  Replica replica(String name) {
    return replicas().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }

  /** Kills the replica as {@code kill -9} does, behind the launcher's back. */
  void killDashNine(String name) {
    ProcessHandle handle = ProcessHandle.of(replica(name).pid()).orElseThrow();
    handle.destroyForcibly();
    await(Duration.ofSeconds(10), "death of " + name, () -> !handle.isAlive());
  }

  /**
   * Asks the launcher to start the replica again (gracefully stopping one that runs) and waits
   * until it is ready.
   */
  void restart(String name) {
    String output = control("restart", name);
    await(READY, name + " ready again; the launcher said: " + output, () -> isReady(replica(name)));
  }

  String control(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                launcherJar().toString()));
    command.addAll(Arrays.asList(words));
    command.addAll(List.of("--run-dir", runDirectory.toString()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", words) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean isReady(Replica replica) {
    return status(replica.origin() + "/readiness") == 200;
  }

  /** The status of a GET, or 0 when there was no answer. */
  int status(String url) {
    try {
      return get(url).statusCode();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  HttpResponse<String> get(String url) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static void await(Duration atMost, String what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(atMost);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("waited " + atMost.toSeconds() + " s for " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** What the farm logged last, for the message of a failing test. */
  String lastLogLines() {
    Map<String, String> tails = new TreeMap<>();
    try (Stream<Path> files = Files.exists(logs()) ? Files.list(logs()) : Stream.empty()) {
      for (Path file : files.toList()) {
        tails.put(file.getFileName().toString(), tail(file));
      }
      tails.put("launcher", tail(runDirectory.resolve("launcher.log")));
    } catch (IOException e) {
      return e.toString();
    }
    StringBuilder text = new StringBuilder();
    tails.forEach((name, tail) -> text.append("--- ").append(name).append('\n').append(tail));
    return text.toString();
  }

  @Override
  public void close() {
    launcher.destroy();
    try {
      if (!launcher.waitFor(60, TimeUnit.SECONDS)) {
        launcher.destroyForcibly();
        throw new AssertionError("the launcher did not stop within 60 s of SIGTERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitReady() {
    try {
      await(
          READY,
          "farm ready",
          () -> {
            if (!launcher.isAlive()) {
              throw new AssertionError("the launcher ended with " + launcher.exitValue());
            }
            return Files.exists(runDirectory.resolve("farm.json"))
                && replicas().size() >= 4
                && replicas().stream().allMatch(this::isReady)
                && status(gateway + "/") == 200
                && status(gateway + "/identity/.well-known/openid-configuration") == 200;
          });
    } catch (AssertionError e) {
      String logs = lastLogLines();
      close();
      throw new AssertionError(e.getMessage() + "\n" + logs, e);
    }
  }

  private JsonNode info() {
    try {
      return JsonMapper.shared().readTree(Files.readString(runDirectory.resolve("farm.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size())) + "\n";
  }

  /** The checkout's root: the directory that holds docker-compose.yml. */
  static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("run the tests inside the checkout");
      }
      directory = parent;
    }
    return directory;
  }

  private static Path launcherJar() {
    Path jar = root().resolve("playground/target/playground.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing: build the playground module first");
    }
    return jar;
  }
}
