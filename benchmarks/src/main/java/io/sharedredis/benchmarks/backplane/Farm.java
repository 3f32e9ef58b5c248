package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.hubs.ServerProcess;
import io.sharedredis.benchmarks.measure.Measurements;
import io.sharedredis.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The farm hub as several processes on one Redis, and once without Redis. Processor time is that of
 * the server processes, compiler and garbage collector included.
 */
final class Farm implements AutoCloseable {
  static final String CPU = ", server us a delivery";
  static final String PER_SECOND = ", deliveries a second";
  static final String P50 = ", p50 us";
  static final String P99 = ", p99 us";
  static final String SENDS = ", sends a second";
  static final String BYTES = ", bytes a delivery";
  static final String COMMANDS = ", Redis commands a send";
  static final String REDIS_BYTES = ", Redis bytes a send";
  static final String REDIS_CPU = ", Redis us a send";
  static final String PER_BUSIEST = ", deliveries a second of the busiest replica";

  static final String ALONE = "without Redis";
  static final String TOGETHER = "two replicas";

  /** Replicas of the scaling measurement. */
  static final int MOST = 4;

  static final String TEXT = "x".repeat(100);

  /**
   * A load.
   *
   * @param method of the hub
   * @param connections of all servers together, of which the first one sends
   * @param target at most so many times the processor time without Redis; NaN for none
   */
  record Load(String name, String method, int connections, int inFlight, double target) {}

  static final Load ONE = new Load("2 in the group, 1 in flight", "sendGroup", 2, 1, Double.NaN);
  static final Load GROUP = new Load("100 in the group, 4 in flight", "sendGroup", 100, 4, 2);
  static final Load ALL = new Load("all of 1,000, 4 in flight", "broadcast", 1_000, 4, 1.5);
  static final List<Load> LOADS = List.of(ONE, GROUP, ALL);

  private final RedisServer redis = RedisServer.startOwn();
  private final RedisCounts counts = new RedisCounts(redis.uri());
  private final ServerProcess alone;
  private final List<ServerProcess> replicas = new ArrayList<>();
  private final Measurements measured;

  Farm(String jar, Measurements measured) throws IOException, InterruptedException {
    this.measured = measured;
    String java = System.getProperty("java.home") + "/bin/java";
    List<String> program = List.of("-jar", jar);
    alone = ServerProcess.start("alone", java, program, "--IsClusterEnv=false");
    for (int i = 0; i < MOST; i++) {
      replicas.add(
          ServerProcess.start(
              "replica-" + i, java, program, "--app=web-" + i, "--redis=" + redis.url()));
    }
  }

  List<ServerProcess> replicas(int count) {
    return replicas.subList(0, count);
  }

  /** Full load for every server until compilers are done with what is used. */
  void warmUp(double seconds) throws IOException {
    double each = seconds / (3 * LOADS.size());
    for (int turn = 0; turn < 3; turn++) {
      for (Load load : LOADS) {
        Swarm.Result unused = run(List.of(alone), load, each / 2, each / 2, () -> {});
        unused = run(replicas(2), load, each / 2, each / 2, () -> {});
      }
    }
    Swarm.Result unused = run(replicas(MOST), ALL, seconds / 3, seconds / 3, () -> {});
  }

  /** One turn of every load, without Redis and with it. */
  void round(double seconds) throws IOException {
    for (Load load : LOADS) {
      measure(List.of(alone), load, load.name() + " " + ALONE, seconds);
      measure(replicas(2), load, load.name() + " " + TOGETHER, seconds);
    }
  }

  /** The same broadcast with one, two, three and four replicas. */
  void scale(double seconds) throws IOException {
    for (int count = 1; count <= MOST; count++) {
      measure(replicas(count), ALL, scaled(count), seconds);
    }
  }

  static String scaled(int replicas) {
    return ALL.name() + " on " + replicas;
  }

  private void measure(List<ServerProcess> servers, Load load, String name, double seconds)
      throws IOException {
    List<long[]> cpu = new ArrayList<>();
    List<RedisCounts.Counts> books = new ArrayList<>();
    Swarm.Result result =
        run(
            servers,
            load,
            seconds / 3,
            seconds,
            () -> {
              books.add(counts.now());
              cpu.add(servers.stream().mapToLong(ServerProcess::cpuNanos).toArray());
            });
    long sum = 0;
    long busiest = 0;
    for (int i = 0; i < servers.size(); i++) {
      long used = cpu.get(1)[i] - cpu.get(0)[i];
      sum += used;
      busiest = Math.max(busiest, used);
    }
    measured.add(name + CPU, sum / 1e3 / result.deliveries());
    measured.add(name + PER_SECOND, result.perSecond());
    measured.add(name + SENDS, result.requests() / result.seconds());
    measured.add(name + P50, result.p50Micros());
    measured.add(name + P99, result.p99Micros());
    measured.add(name + BYTES, (double) result.wireBytes() / result.deliveries());
    measured.add(name + PER_BUSIEST, result.deliveries() * 1e9 / busiest);
    RedisCounts.Counts redisDid = books.get(1).since(books.get(0));
    measured.add(name + COMMANDS, (double) redisDid.allCommands() / result.requests());
    measured.add(
        name + REDIS_BYTES,
        (double) (redisDid.bytesIn() + redisDid.bytesOut()) / result.requests());
    measured.add(name + REDIS_CPU, redisDid.cpuSeconds() * 1e6 / result.requests());
  }

  private static Swarm.Result run(
      List<ServerProcess> servers, Load load, double warmUp, double seconds, Runnable edge)
      throws IOException {
    try (Swarm swarm = new Swarm(Dialect.SIGNALR)) {
      for (int i = 0; i < servers.size(); i++) {
        swarm.connect(servers.get(i).port(), share(load.connections(), servers.size(), i), "/hub");
      }
      Swarm.Result result =
          swarm.run(
              load.inFlight(),
              Dialect.SIGNALR.request(load.method(), TEXT),
              1,
              warmUp,
              seconds,
              edge);
      swarm.quiet();
      return result;
    }
  }

  private static int share(int connections, int servers, int server) {
    return connections * (server + 1) / servers - connections * server / servers;
  }

  @Override
  public void close() {
    replicas.forEach(ServerProcess::close);
    alone.close();
    counts.close();
    redis.close();
  }
}
