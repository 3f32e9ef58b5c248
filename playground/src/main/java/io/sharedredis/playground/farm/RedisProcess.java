package io.sharedredis.playground.farm;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on loopback, from the embedded binary, or from {@code PATH} where that cannot run.
 */
final class RedisProcess {

  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final String binary;
  private final Path directory;
  private final Path log;
  private final int port;
  private final WatchdogLink watchdog;
  private volatile Process process;
  private volatile boolean restarting;

  private RedisProcess(
      String binary, Path directory, Path log, int port, WatchdogLink watchdog, Process process) {
    this.binary = binary;
    this.directory = directory;
    this.log = log;
    this.port = port;
    this.watchdog = watchdog;
    this.process = process;
  }

  static RedisProcess start(Path directory, Path log, WatchdogLink watchdog)
      throws InterruptedException {
    try {
      Files.createDirectories(directory);
      Files.createDirectories(log.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new FarmException("cannot create " + directory, e);
    }
    String binary = binary(directory);
    int port = Ports.free();
    Process process = launch(binary, directory, log, port, watchdog);
    return new RedisProcess(binary, directory, log, port, watchdog, process);
  }

  String url() {
    return "redis://localhost:" + port;
  }

  Process process() {
    return process;
  }

  /** Reports the death of the process while {@code expected} says that it should live. */
  void watch(BooleanSupplier expected, Progress progress) {
    Process current = process;
    var unused =
        current
            .onExit()
            .thenAccept(
                ended -> {
                  if (expected.getAsBoolean() && process == ended && !restarting) {
                    progress.step("Redis (pid " + ended.pid() + ") died; log: " + log);
                  }
                });
  }

  /** Starts it again on the same port with the data of its append-only file. */
  void restart(BooleanSupplier expected, Progress progress) throws InterruptedException {
    restarting = true;
    try {
      stop();
      process = launch(binary, directory, log, port, watchdog);
    } finally {
      restarting = false;
    }
    watch(expected, progress);
  }

  void stop() throws InterruptedException {
    ChildProcess.stop(process, STOP_LIMIT);
  }

  private static Process launch(
      String binary, Path directory, Path log, int port, WatchdogLink watchdog)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(binary, "--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1", "--dir", directory.toString()));
    // The append-only file keeps keys and sessions when somebody tries `kill redis`, `restart
    // redis`.
    command.addAll(List.of("--save", "", "--appendonly", "yes"));
    Process process = ChildProcess.start(command, Map.of(), log);
    watchdog.note(Leftovers.process(process.toHandle(), "TERM"));
    awaitPong(process, port, log);
    return process;
  }

  private static void awaitPong(Process process, int port, Path log) throws InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answersPing("localhost", port)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new FarmException("Redis did not start; see " + log + ", or use --redis URL");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Whether a Redis answers; one that wants a password counts, it is there. */
  static boolean answersPing(String host, int port) {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      int first = socket.getInputStream().read();
      return first == '+' || first == '-';
    } catch (IOException notYet) {
      return false;
    }
  }

  private static String binary(Path directory) throws InterruptedException {
    List<String> candidates = new ArrayList<>();
    try {
      candidates.add(
          ExecutableProvider.newJarResourceProvider(directory.toFile()).get().getAbsolutePath());
    } catch (IOException | RuntimeException noBinaryForThisMachine) {
      candidates.clear();
    }
    candidates.add("redis-server");
    for (String candidate : candidates) {
      if (runs(candidate)) {
        return candidate;
      }
    }
    throw new FarmException(
        "no embedded Redis runs on this machine and no redis-server is on the PATH;"
            + " name one with --redis URL");
  }

  private static boolean runs(String candidate) throws InterruptedException {
    try {
      Process version =
          new ProcessBuilder(candidate, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return version.waitFor(5, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException cannotRun) {
      return false;
    }
  }
}
