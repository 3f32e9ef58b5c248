package io.sharedredis.benchmarks.backplane;

import io.sharedredis.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A RabbitMQ with its STOMP plugin, from Debian's package, in a directory and on ports of its own.
 */
final class Rabbit implements AutoCloseable {
  /** Where the package has the program itself; the one on the path wants to be root. */
  private static final Path PROGRAM = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private static final long START_SECONDS = 90;

  private final Process process;
  private final Process names;
  private final Path directory;
  private final int port;

  /**
   * @param names Erlang's name server
   */
  private Rabbit(Process process, Process names, Path directory, int port) {
    this.process = process;
    this.names = names;
    this.directory = directory;
    this.port = port;
  }

  static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  static Rabbit start() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("rabbit");
    int port = FreePorts.one();
    Path plugins = Files.writeString(directory.resolve("plugins"), "[rabbitmq_stomp].\n");
    Files.writeString(
        directory.resolve("rabbitmq.conf"),
        "listeners.tcp = none\nstomp.listeners.tcp.1 = 127.0.0.1:" + port + "\n");
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("HOME", directory.toString()),
            Map.entry("RABBITMQ_NODENAME", "speed-" + port + "@localhost"),
            Map.entry("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.one())),
            Map.entry("ERL_EPMD_PORT", Integer.toString(FreePorts.one())),
            Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
            Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString()),
            Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()),
            Map.entry("RABBITMQ_PID_FILE", directory.resolve("pid").toString()),
            Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
            Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(PROGRAM.toString())
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "rabbit.log").toFile());
    builder.environment().putAll(environment);
    // One that RabbitMQ starts itself would outlive it.
    ProcessBuilder epmd =
        new ProcessBuilder("epmd")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    epmd.environment().putAll(environment);
    Process names = epmd.start();
    Rabbit rabbit = new Rabbit(builder.start(), names, directory, port);
    // Whoever stops the measurement in between stops the broker too.
    Runtime.getRuntime().addShutdownHook(new Thread(rabbit::kill));
    try {
      rabbit.await();
    } catch (IllegalStateException e) {
      rabbit.close();
      throw e;
    }
    return rabbit;
  }

  private void await() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() - deadline > 0) {
          throw new IllegalStateException("RabbitMQ did not start, see target/rabbit.log");
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  /** Of its STOMP listener. */
  int port() {
    return port;
  }

  private void kill() {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    names.destroyForcibly();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    kill();
    process.waitFor();
    names.waitFor();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
