package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.hubs.ServerProcess;
import io.sharedredis.benchmarks.measure.Measurements;
import io.sharedredis.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast to all clients of two replicas, ours beside what else joins replicas in Java. Brokers
 * are not in the servers' processor time, but on the same machine.
 */
final class Peers implements AutoCloseable {
  static final String OURS = "shared-redis";
  static final String STOMP = "Spring STOMP over RabbitMQ";
  static final String SOCKET_IO = "netty-socketio over Redisson";

  private static final int REPLICAS = 2;
  private static final int CLIENTS_EACH = 500;
  private static final int IN_FLIGHT = 4;

  /** Longest wait until servers have found their broker. */
  private static final long START_NANOS = 60_000_000_000L;

  /**
   * One who takes part.
   *
   * @param target where a client sends what all are to get
   */
  private record Peer(List<ServerProcess> servers, Dialect dialect, String path, String target) {}

  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final List<ServerProcess> started = new ArrayList<>();
  private final RedisServer redis = RedisServer.startOwn();
  private final @Nullable Rabbit rabbit;
  private final Measurements measured;

  /**
   * @param ours replicas of the farm hub, which belong to somebody else
   */
  Peers(List<ServerProcess> ours, Measurements measured) throws IOException, InterruptedException {
    this.measured = measured;
    peers.put(OURS, new Peer(ours, Dialect.SIGNALR, "/hub", "broadcast"));
    peers.put(
        SOCKET_IO,
        new Peer(
            start("socket-io", SocketIoServer.class, "--redis=" + redis.url()),
            Dialect.SOCKET_IO,
            "/socket.io/?EIO=4&transport=websocket",
            "broadcast"));
    this.rabbit = Rabbit.installed() ? Rabbit.start() : null;
    if (rabbit != null) {
      peers.put(
          STOMP,
          new Peer(
              start("stomp", StompServer.class, "--broker.port=" + rabbit.port()),
              Dialect.STOMP,
              "/stomp",
              "g"));
    }
  }

  private List<ServerProcess> start(String name, Class<?> main, String option)
      throws IOException, InterruptedException {
    List<String> program = List.of("-cp", System.getProperty("java.class.path"), main.getName());
    String java = System.getProperty("java.home") + "/bin/java";
    List<ServerProcess> servers = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      ServerProcess server = ServerProcess.start(name + "-" + i, java, program, option);
      servers.add(server);
      started.add(server);
    }
    return servers;
  }

  /** Who takes part. */
  List<String> names() {
    return List.copyOf(peers.keySet());
  }

  void warmUp(double seconds) throws IOException {
    for (Peer peer : peers.values()) {
      awaitServed(peer);
      Swarm.Result unused = run(peer, seconds / 2, seconds / 2, () -> {});
    }
  }

  /** Servers open their port before they have found their broker. */
  private static void awaitServed(Peer peer) throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    for (ServerProcess server : peer.servers()) {
      for (boolean served = false; !served; ) {
        try (Swarm one = new Swarm(peer.dialect())) {
          one.connect(server.port(), 1, peer.path());
          served = true;
        } catch (IOException notYet) {
          if (System.nanoTime() - deadline > 0) {
            throw notYet;
          }
          LockSupport.parkNanos(100_000_000L);
        }
      }
    }
  }

  /** One turn of each, whoever begins changing. */
  void round(int number, double seconds) throws IOException {
    List<String> order = new ArrayList<>(peers.keySet());
    Collections.rotate(order, number);
    for (String name : order) {
      Peer peer = peers.get(name);
      if (peer == null) {
        continue;
      }
      List<Long> cpu = new ArrayList<>();
      Swarm.Result result =
          run(
              peer,
              seconds / 3,
              seconds,
              () -> cpu.add(peer.servers().stream().mapToLong(ServerProcess::cpuNanos).sum()));
      measured.add(name + Farm.PER_SECOND, result.perSecond());
      measured.add(name + Farm.CPU, (cpu.get(1) - cpu.get(0)) / 1e3 / result.deliveries());
      measured.add(name + Farm.P50, result.p50Micros());
      measured.add(name + Farm.P99, result.p99Micros());
    }
  }

  private static Swarm.Result run(Peer peer, double warmUp, double seconds, Runnable edge)
      throws IOException {
    try (Swarm swarm = new Swarm(peer.dialect())) {
      for (ServerProcess server : peer.servers()) {
        swarm.connect(server.port(), CLIENTS_EACH, peer.path());
      }
      byte[] request = peer.dialect().request(peer.target(), Farm.TEXT);
      Swarm.Result result = swarm.run(IN_FLIGHT, request, 1, warmUp, seconds, edge);
      swarm.quiet();
      return result;
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    started.forEach(ServerProcess::close);
    if (rabbit != null) {
      rabbit.close();
    }
    redis.close();
  }
}
