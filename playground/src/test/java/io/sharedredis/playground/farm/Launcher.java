package io.sharedredis.playground.farm;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the built {@code playground.jar} as a person would, without a terminal. */
final class Launcher implements AutoCloseable {

  static final Path JAR = Path.of("target", "playground.jar").toAbsolutePath();

  /** Seconds; a machine that builds something else at the same time needs most of them. */
  private static final long EXIT_SECONDS = 120;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final Path runDirectory;
  final int gatewayPort = Ports.free();
  private final Process process;
  private final Path output;

  private Launcher(Path directory, List<String> program, List<String> arguments)
      throws IOException {
    this.runDirectory = directory.resolve("run");
    this.output = directory.resolve("output.txt");
    List<String> all =
        new ArrayList<>(
            List.of(
                "--gateway-port",
                Integer.toString(gatewayPort),
                "--webspa-port",
                Integer.toString(freeRange()),
                "--identity-port",
                Integer.toString(freeRange())));
    all.addAll(arguments);
    this.process = launch(output, program, all);
  }

  /** A farm whose apps are {@link StubApp}s, one replica each unless told otherwise. */
  static Launcher ofStubs(Path directory, Path jar, String... more) throws IOException {
    return new Launcher(directory, java(), stubs(jar, more));
  }

  /** The same, started with bin/playground. */
  static Launcher ofStubsByScript(Path directory, Path jar) throws IOException {
    return new Launcher(directory, List.of("../bin/playground", "--no-build"), stubs(jar));
  }

  private static List<String> stubs(Path jar, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--replicas", "1"));
    arguments.addAll(List.of("--webspa-jar", jar.toString(), "--identity-jar", jar.toString()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** A farm of the built apps. */
  static Launcher ofApps(Path directory, String... more) throws IOException {
    return new Launcher(directory, java(), List.of(more));
  }

  // Two neighbours, because the replicas of an app get ports in a row.
  private static int freeRange() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = Ports.free();
      try (ServerSocket next = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
        return next.getLocalPort() - 1;
      } catch (IOException taken) {
        continue;
      }
    }
    throw new AssertionError("no two free ports in a row");
  }

  private static List<String> java() {
    List<String> command = new ArrayList<>(List.of(ChildProcess.java(), "-Xmx128m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", JAR.toString()));
    return command;
  }

  private Process launch(Path to, List<String> program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(arguments);
    command.addAll(List.of("--run-dir", runDirectory.toString()));
    return new ProcessBuilder(command)
        // End of standard input from the beginning: that must not stop anything.
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(to.toFile())
        .start();
  }

  Launcher awaitReady() {
    await("ready farm")
        .atMost(Duration.ofSeconds(170))
        .failFast(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(output());
              }
            })
        // The bracket, because a taken port is "already in use".
        .until(() -> output().contains("] ready in "));
    return this;
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + output());
    }
    return process.exitValue();
  }

  /** Runs a second command against this farm and returns exit code and output. */
  String command(String... words) throws IOException, InterruptedException {
    Path answer = output.resolveSibling("answer.txt");
    Process second = launch(answer, java(), List.of(words));
    if (!second.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no end of " + List.of(words));
    }
    return second.exitValue() + " " + Files.readString(answer);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + gatewayPort + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  JsonNode farmFile() throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(runDirectory.resolve("farm.json")));
  }

  /** Every process that the farm consists of. */
  List<ProcessHandle> descendants() throws IOException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    Path pidFile = runDirectory.resolve("farm-data/postgres/postmaster.pid");
    long postmaster = Long.parseLong(Files.readAllLines(pidFile, StandardCharsets.UTF_8).get(0));
    all.add(ProcessHandle.of(postmaster).orElseThrow());
    ProcessHandle.of(postmaster).orElseThrow().descendants().forEach(all::add);
    return all;
  }

  /** Whether a process runs; one that has ended and waits for its parent to look does not. */
  static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ctrl-C, as the terminal sends it. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start().waitFor();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(40, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
