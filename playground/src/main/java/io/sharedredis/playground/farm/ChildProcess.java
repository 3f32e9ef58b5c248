package io.sharedredis.playground.farm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts and ends child processes so that a Ctrl-C in the terminal reaches the launcher alone. */
final class ChildProcess {

  /**
   * The launcher decides the order of the stop, so children leave its terminal session where the
   * system can do that, and ignore the terminal's signals in any case. {@code exec} keeps the pid.
   */
  static final List<String> DETACH =
      List.of(
          "/bin/sh",
          "-c",
          "trap '' INT HUP; if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\";"
              + " else exec \"$@\"; fi",
          "sh");

  private ChildProcess() {}

  static Process start(List<String> command, Map<String, String> environment, Path log) {
    List<String> line = new ArrayList<>();
    if (File.separatorChar == '/') {
      line.addAll(DETACH);
    }
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new FarmException("cannot start " + command.get(0) + ": " + e.getMessage(), e);
    }
  }

  /** Asks the process to end, and ends it by force when it has not after {@code patience}. */
  static void stop(Process process, Duration patience) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The {@code java} of the JVM that runs this. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
