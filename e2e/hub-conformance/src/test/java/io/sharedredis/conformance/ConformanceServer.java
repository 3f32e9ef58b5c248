package io.sharedredis.conformance;

import io.sharedredis.testkit.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The app as a process of its own, started from the jar. */
final class ConformanceServer implements AutoCloseable {
  private static final Path JAR = Path.of("target/hub-conformance.jar");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final int port;
  private final int securePort;
  private final CompletableFuture<Void> listening = new CompletableFuture<>();

  private ConformanceServer(Process process, int port, int securePort) {
    this.process = process;
    this.port = port;
    this.securePort = securePort;
    Thread reader = new Thread(this::readOutput, "output of the app at " + port);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the app and waits until it says where it listens. */
  static ConformanceServer start(String... options) throws Exception {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(JAR + " is missing: build with `mvn verify`");
    }
    int port = FreePorts.one();
    int securePort = FreePorts.one();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--urls",
                "http://127.0.0.1:" + port + ";https://127.0.0.1:" + securePort));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ConformanceServer server = new ConformanceServer(process, port, securePort);
    server.listening.get(90, TimeUnit.SECONDS);
    return server;
  }

  private void readOutput() {
    StringBuilder all = new StringBuilder();
    int announced = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        if (line.startsWith("Now listening on: ") && ++announced == 2) {
          listening.complete(null);
        }
      }
    } catch (IOException e) {
      // The process was ended.
    }
    try {
      Files.writeString(Path.of("target", "hub-conformance-" + port + ".log"), all);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    listening.completeExceptionally(new IllegalStateException("the app has ended: " + all));
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  String secureUrl() {
    return "https://127.0.0.1:" + securePort;
  }

  String get(String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(30))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
