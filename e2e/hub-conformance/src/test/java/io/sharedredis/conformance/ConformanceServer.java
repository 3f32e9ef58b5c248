package io.sharedredis.conformance;

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

  private static final String ANNOUNCED = "Now listening on: ";

  private final Process process;
  private final CompletableFuture<URI> plain = new CompletableFuture<>();
  private final CompletableFuture<URI> secure = new CompletableFuture<>();

  private ConformanceServer(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readOutput, "output of the app, process " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the app and waits until it says where it listens. */
  static ConformanceServer start(String... options) throws Exception {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(JAR + " is missing: build with `mvn verify`");
    }
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
                "http://127.0.0.1:0;https://127.0.0.1:0"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ConformanceServer server = new ConformanceServer(process);
    server.plain.get(90, TimeUnit.SECONDS);
    server.secure.get(90, TimeUnit.SECONDS);
    return server;
  }

  private void readOutput() {
    StringBuilder all = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        if (line.startsWith(ANNOUNCED)) {
          URI url = URI.create(line.substring(ANNOUNCED.length()));
          (url.getScheme().equals("https") ? secure : plain).complete(url);
        }
      }
    } catch (IOException e) {
      // The process was ended.
    }
    try {
      Files.writeString(Path.of("target", "hub-conformance-" + process.pid() + ".log"), all);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    IllegalStateException ended = new IllegalStateException("the app has ended: " + all);
    plain.completeExceptionally(ended);
    secure.completeExceptionally(ended);
  }

  int port() {
    return plain.join().getPort();
  }

  String url() {
    return plain.join().toString();
  }

  String secureUrl() {
    return secure.join().toString();
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
