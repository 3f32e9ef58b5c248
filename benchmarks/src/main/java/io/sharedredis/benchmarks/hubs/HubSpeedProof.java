package io.sharedredis.benchmarks.hubs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Processor time of the server per message, ours beside a bare {@code WebSocketHandler}, by turns
 * in one run. Arguments: farm hub's jar, rounds, seconds a measurement, connections for the idle
 * ones.
 */
public final class HubSpeedProof {
  private static final String TEXT = "x".repeat(100);

  /**
   * A load.
   *
   * @param target at most this much of the bare server's processor time
   */
  private record Load(
      String name, int connections, int senders, int inFlight, String method, double target) {

    boolean broadcast() {
      return method.equals("broadcast");
    }
  }

  private static final List<Load> LOADS =
      List.of(
          new Load("echo 1x1", 1, 1, 1, "echo", Double.NaN),
          new Load("echo 100x1", 100, 100, 1, "echo", 0.6),
          new Load("echo 100x8", 100, 100, 8, "echo", 0.65),
          new Load("echo 1000x1", 1000, 1000, 1, "echo", Double.NaN),
          new Load("broadcast to 100", 100, 1, 4, "broadcast", 0.33),
          new Load("broadcast to 1000", 1000, 1, 4, "broadcast", 0.25));

  private record Figure(double cpuMicros, double perSecond, double p50, double p99) {}

  private HubSpeedProof() {}

  public static void main(String[] arguments) throws Exception {
    String farmHub = arguments[0];
    int rounds = Integer.parseInt(arguments[1]);
    double seconds = Double.parseDouble(arguments[2]);
    int idle = Integer.parseInt(arguments[3]);
    String java = System.getProperty("java.home") + "/bin/java";
    List<String> here = List.of("-cp", System.getProperty("java.class.path"));
    Map<String, Map<String, List<Figure>>> all = new LinkedHashMap<>();
    try (ServerProcess bare = ServerProcess.start("bare", java, program(here, BareServer.class));
        ServerProcess hub =
            ServerProcess.start("hub", java, List.of("-jar", farmHub), "--IsClusterEnv=false");
        ServerProcess waiting =
            ServerProcess.start(
                "waiting",
                java,
                program(here, WaitingHubServer.class),
                "--spring.application.name=waiting")) {
      for (ServerProcess server : List.of(bare, hub, waiting)) {
        warmUp(server);
      }
      for (int round = 0; round < rounds; round++) {
        for (Load load : LOADS) {
          for (ServerProcess server : List.of(bare, hub, waiting)) {
            if (server == waiting && load.broadcast()) {
              continue;
            }
            Figure figure = measure(server, load, seconds / 3, seconds);
            all.computeIfAbsent(load.name(), name -> new LinkedHashMap<>())
                .computeIfAbsent(server.name(), name -> new ArrayList<>())
                .add(figure);
            System.out.printf(
                "%d %-18s %-8s %7.2f us %9.0f/s p50 %7.0f p99 %7.0f us%n",
                round,
                load.name(),
                server.name(),
                figure.cpuMicros(),
                figure.perSecond(),
                figure.p50(),
                figure.p99());
          }
        }
      }
      report(all);
      if (idle > 0) {
        for (ServerProcess server : List.of(bare, hub)) {
          idle(server, idle);
        }
      }
    }
  }

  private static List<String> program(List<String> here, Class<?> main) {
    List<String> program = new ArrayList<>(here);
    program.add(main.getName());
    return program;
  }

  private static void warmUp(ServerProcess server) throws Exception {
    for (Load load : LOADS) {
      if (!(server.name().equals("waiting") && load.broadcast())) {
        Figure unused = measure(server, load, 2, 1);
      }
    }
  }

  private static Figure measure(ServerProcess server, Load load, double warmUp, double seconds)
      throws Exception {
    boolean hub = !server.name().equals("bare");
    try (LoadClient client = new LoadClient()) {
      client.connect(server.port(), load.connections(), hub, "/hub");
      String request =
          "{\"type\":1,\"invocationId\":\"1\",\"target\":\""
              + load.method()
              + "\",\"arguments\":[\""
              + TEXT
              + "\"]}\u001e";
      long[] cpu = new long[1];
      LoadClient.Result result =
          client.run(
              load.senders(),
              load.inFlight(),
              request,
              hub && load.broadcast() ? 2 : 1,
              warmUp,
              seconds,
              () -> cpu[0] = server.cpuNanos());
      double used = server.cpuNanos() - cpu[0];
      client.quiet();
      // A hub also answers the sender of a broadcast, which counts as no delivery.
      double messages = result.messages();
      if (hub && load.broadcast()) {
        messages *= load.connections() / (load.connections() + 1.0);
      }
      return new Figure(
          used / 1e3 / messages,
          messages / result.seconds(),
          result.p50Micros(),
          result.p99Micros());
    }
  }

  private static void report(Map<String, Map<String, List<Figure>>> all) {
    System.out.printf("%n%-18s %10s %10s %10s   %s%n", "", "bare us", "hub", "waiting", "target");
    for (Load load : LOADS) {
      Map<String, List<Figure>> figures = all.getOrDefault(load.name(), Map.of());
      double bare = median(figures.getOrDefault("bare", List.of()));
      double hub = median(figures.getOrDefault("hub", List.of())) / bare;
      List<Figure> other = figures.getOrDefault("waiting", List.of());
      System.out.printf(
          "%-18s %10.2f %9.2fx %10s   %s%n",
          load.name(),
          bare,
          hub,
          other.isEmpty() ? "" : String.format("%.2fx", median(other) / bare),
          Double.isNaN(load.target())
              ? ""
              : String.format(
                  "%.2fx %s", load.target(), hub <= load.target() ? "reached" : "MISSED"));
    }
  }

  private static double median(List<Figure> figures) {
    double[] sorted = figures.stream().mapToDouble(Figure::cpuMicros).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void idle(ServerProcess server, int count) throws Exception {
    long before = server.heapBytes();
    try (LoadClient client = new LoadClient()) {
      long start = System.nanoTime();
      client.connect(server.port(), count, !server.name().equals("bare"), "/hub");
      double seconds = (System.nanoTime() - start) / 1e9;
      double each = (server.heapBytes() - before) / 1024.0 / count;
      System.out.printf(
          "%-8s %d idle connections: %.1f KB of heap each, opened in %.1f s%n",
          server.name(), count, each, seconds);
    }
  }
}
