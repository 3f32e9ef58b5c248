package io.sharedredis.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code redis-server} process of our own, with its data in a temporary directory.
 *
 * <p>It never outlives the JVM: a shutdown hook ends it when the JVM ends in order, and a small
 * watchdog shell ends it when the JVM is killed (the shell reads a pipe that only breaks then).
 */
final class ProcessHost implements RedisHost {

  private static final boolean POSIX =
      !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private final Path executable;
  private final CommandLine commandLine;
  private final @Nullable String password;
  private final int port;
  private final Path directory;
  private final Thread hook;
  private @Nullable Process server;
  private @Nullable Process watchdog;

  ProcessHost(Path executable, RedisOptions options) {
    this(
        executable,
        options.port() == 0 ? FreePorts.one() : options.port(),
        options.password(),
        (directory, port) -> options.commandLine(port));
  }

  /**
   * @param commandLine what follows the executable, address and directory left out
   */
  ProcessHost(Path executable, int port, @Nullable String password, CommandLine commandLine) {
    this.executable = executable;
    this.commandLine = commandLine;
    this.password = password;
    this.port = port;
    try {
      this.directory = Files.createTempDirectory("redis-test-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary directory for Redis data", e);
    }
    this.hook = new Thread(this::end, "redis-test-stop-" + port);
    Runtime.getRuntime().addShutdownHook(hook);
    launch();
  }

  @Override
  public String url() {
    String credentials = password == null ? "" : ":" + password + "@";
    return "redis://" + credentials + "127.0.0.1:" + port;
  }

  @Override
  public boolean controlled() {
    return true;
  }

  @Override
  public synchronized void startAgain(boolean empty) {
    if (server != null && server.isAlive()) {
      throw new IllegalStateException(
          "Redis on port " + port + " is running; stop or kill it first");
    }
    if (empty) {
      clear();
    }
    launch();
  }

  @Override
  public synchronized void stop() {
    Process running = running();
    try {
      // The reply is an error or nothing at all: the server closes the connection when it is done.
      String ignored = RespProbe.command(port, password, "SHUTDOWN", "SAVE");
    } catch (IOException e) {
      running.destroy();
    }
    awaitEnd(running);
  }

  @Override
  public synchronized void kill() {
    Process running = running();
    running.destroyForcibly();
    awaitEnd(running);
  }

  @Override
  public void pause() {
    signal("STOP");
  }

  @Override
  public void resume() {
    signal("CONT");
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is already going down and runs the hook itself.
      return;
    }
  }

  private void launch() {
    Path log = directory.resolve("redis.log");
    try {
      List<String> command = new ArrayList<>(List.of(executable.toString()));
      // A configuration file, where there is one, has to come first.
      command.addAll(commandLine.in(directory, port));
      command.addAll(List.of("--bind", "127.0.0.1", "--dir", directory.toString()));
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      server = started;
      if (POSIX) {
        watchdog = new ProcessBuilder("sh", "-c", "read x; kill -9 " + started.pid()).start();
      }
      RespProbe.awaitAnswering(port, password, () -> requireAlive(started, log));
    } catch (IOException e) {
      throw new IllegalStateException("could not run " + executable + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void requireAlive(Process started, Path log) {
    if (!started.isAlive()) {
      throw new IllegalStateException(
          "redis-server ended at once with code " + started.exitValue() + ": " + tail(log));
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  private Process running() {
    if (server == null || !server.isAlive()) {
      throw new IllegalStateException("Redis on port " + port + " is not running");
    }
    return server;
  }

  private synchronized void signal(String name) {
    if (!POSIX) {
      throw new UnsupportedOperationException("SIG" + name + " needs a POSIX system");
    }
    try {
      long pid = running().pid();
      int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + " ended with code " + code);
      }
    } catch (IOException e) {
      throw new IllegalStateException("could not send SIG" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending SIG" + name, e);
    }
  }

  private void awaitEnd(Process running) {
    try {
      if (!running.waitFor(START_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new IllegalStateException("Redis on port " + port + " did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
    }
    dismissWatchdog();
  }

  /** Kills the shell outright: ended through its pipe it would kill a process id no longer ours. */
  private void dismissWatchdog() {
    if (watchdog != null) {
      watchdog.destroyForcibly();
      watchdog = null;
    }
  }

  private synchronized void end() {
    if (server != null && server.isAlive()) {
      server.destroyForcibly();
      awaitEnd(server);
    }
    dismissWatchdog();
    clear();
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      directory.toFile().deleteOnExit();
    }
  }

  /** The arguments of one start. */
  @FunctionalInterface
  interface CommandLine {
    List<String> in(Path directory, int port) throws IOException;
  }

  private void clear() {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .filter(path -> !path.equals(directory))
          .forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new IllegalStateException("could not empty " + directory, e);
    }
  }
}
