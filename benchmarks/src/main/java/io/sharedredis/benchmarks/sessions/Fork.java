package io.sharedredis.benchmarks.sessions;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server in a process of its own, whose processor time can be told apart. */
final class Fork implements AutoCloseable {
  private static final String READY = "READY ";

  private final Process process;
  private final BufferedReader output;
  private final int port;

  private Fork(Process process, BufferedReader output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  /** Runs a main class on this Java and waits until it says {@link #ready}. */
  static Fork start(Class<?> main, List<String> options, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(READY)) {
        return new Fork(process, output, Integer.parseInt(line.substring(READY.length()).strip()));
      }
    }
    process.destroyForcibly();
    throw new IOException(main.getSimpleName() + " did not start: " + List.of(arguments));
  }

  /** Called in the process: tells its port, and returns when whoever started it is gone. */
  static void ready(int port) throws IOException {
    System.out.println(READY + port);
    while (System.in.read() >= 0) {
      // Whatever comes means nothing; the end does.
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Processor time of all its threads so far, compiler and garbage collector included. */
  Duration processorTime() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("this system tells no processor times"));
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    output.close();
    process.destroy();
  }
}
