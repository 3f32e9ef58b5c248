package io.sharedredis.farmhub;

import static org.awaitility.Awaitility.await;

import io.sharedredis.testkit.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One server of the farm, a process of its own, started from the jar. */
final class FarmServer implements AutoCloseable {
  private static final Path JAR = Path.of("target/farm-hub.jar");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final int port;
  private final Process process;
  private final Path log;

  private FarmServer(int port, Process process, Path log) {
    this.port = port;
    this.process = process;
    this.log = log;
  }

  /** Starts; {@link #awaitReady} waits until it serves. */
  static FarmServer start(String app, String redis, String... more) throws IOException {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(JAR + " is missing: build with `mvn verify`");
    }
    int port = FreePorts.one();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--app",
                app,
                "--port",
                Integer.toString(port),
                "--redis",
                redis.replace("redis://", "")));
    command.addAll(List.of(more));
    Path log = Path.of("target", "farm-hub-" + app + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new FarmServer(port, process, log);
  }

  FarmServer awaitReady() {
    await("readiness of a server, see " + log).atMost(Duration.ofSeconds(90)).until(this::ready);
    return this;
  }

  private boolean ready() throws Exception {
    if (!process.isAlive()) {
      throw new IllegalStateException("a server has ended: " + Files.readString(log));
    }
    try {
      return HTTP.send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/readiness"))
                      .build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** The process ends at once, without a word. */
  void kill() {
    process.destroyForcibly();
    await().atMost(Duration.ofSeconds(5)).until(() -> !process.isAlive());
  }

  /** The process does nothing any more, as on a host that is gone: its sockets stay open. */
  void freeze() throws Exception {
    Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("a server could not be stopped");
    }
  }

  /** Ends as a rolling update ends it; returns when it has. */
  boolean stop(Duration atMost) throws InterruptedException {
    process.destroy();
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
