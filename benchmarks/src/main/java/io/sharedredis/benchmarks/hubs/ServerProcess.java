package io.sharedredis.benchmarks.hubs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, whose processor time and heap are read from outside. */
public final class ServerProcess implements AutoCloseable {
  private static final List<String> OPTIONS = List.of("-Xmx1g", "-XX:+UseG1GC");
  private static final Duration START = Duration.ofSeconds(120);

  private final String name;
  private final Process process;
  private final int port;

  private ServerProcess(String name, Process process, int port) {
    this.name = name;
    this.process = process;
    this.port = port;
  }

  public static ServerProcess start(
      String name, String java, List<String> program, String... arguments)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(OPTIONS);
    command.addAll(program);
    command.add("--server.port=" + port);
    command.add("--logging.level.root=warn");
    command.add("--spring.main.banner-mode=off");
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "hub-speed-" + name + ".log").toFile())
            .start();
    // Whoever stops the measurement in between stops its servers too.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    ServerProcess server = new ServerProcess(name, process, port);
    server.await();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void await() throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "server " + name + " did not start, see target/hub-speed-" + name + ".log");
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  public String name() {
    return name;
  }

  public int port() {
    return port;
  }

  /** Processor time so far, in nanoseconds. */
  public long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  /** Bytes of heap in use after a collection. */
  public long heapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    jcmd("GC.run");
    String histogram = jcmd("GC.class_histogram");
    String total = histogram.substring(histogram.lastIndexOf("Total")).strip();
    return Long.parseLong(total.split("\\s+")[2]);
  }

  /** Bytes of memory the process holds. */
  public long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no resident memory of process " + process.pid());
  }

  private String jcmd(String what) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder("jcmd", Long.toString(process.pid()), what)
            .redirectErrorStream(true)
            .start();
    String out =
        new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    jcmd.waitFor();
    return out;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
