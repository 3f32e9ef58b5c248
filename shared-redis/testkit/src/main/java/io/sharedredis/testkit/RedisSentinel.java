package io.sharedredis.testkit;

import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A real Redis master with replicas, watched by sentinels that promote a replica when the master is
 * away: within about four seconds here, where people configure half a minute.
 *
 * <p>Processes of this machine in any case, since sentinels name servers by address. Nothing
 * outlives the JVM. Calls come from one thread at a time.
 */
public final class RedisSentinel implements AutoCloseable {

  /** The name of the master. */
  public static final String MASTER = "farm";

  /** Unit: milliseconds without an answer before a server counts as down. */
  private static final int DOWN_AFTER = 2_000;

  /** Unit: milliseconds for one attempt to promote a replica. */
  private static final int FAILOVER_TIMEOUT = 5_000;

  /** Votes, the usual delays and a machine that is busy. */
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  private final List<RedisServer> servers = new ArrayList<>();
  private final List<ProcessHost> sentinels = new ArrayList<>();

  private RedisSentinel(int replicas, int watchers, String... arguments) {
    try {
      RedisOptions options = replicating().withArguments(arguments);
      RedisServer master = RedisServer.process(options);
      servers.add(master);
      String port = Integer.toString(master.uri().getPort());
      for (int i = 0; i < replicas; i++) {
        servers.add(RedisServer.process(options.withArguments("--replicaof", "127.0.0.1", port)));
      }
      Waiting.until("replicas in step", DEADLINE, () -> inStep(master, replicas));
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < watchers; i++) {
        ports.add(FreePorts.one());
      }
      for (int own : ports) {
        sentinels.add(sentinel(own, ports, master));
        askOften(own);
      }
      Waiting.until("sentinels that can promote a replica", DEADLINE, () -> canFailOver(replicas));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A master with one replica, and three sentinels of which two have to agree. */
  public static RedisSentinel start() {
    return start(1, 3);
  }

  /**
   * @param arguments further ones for master and replicas, such as {@code --min-replicas-to-write},
   *     {@code 1}
   */
  public static RedisSentinel start(int replicas, int sentinels, String... arguments) {
    return new RedisSentinel(replicas, sentinels, arguments);
  }

  /** {@code redis-sentinel://host:port,host:port#farm}, as Lettuce reads it. */
  public String url() {
    return sentinels.stream()
        .map(sentinel -> sentinel.url().substring("redis://".length()))
        .collect(Collectors.joining(",", "redis-sentinel://", "#" + MASTER));
  }

  /** {@code host:port} of each sentinel. */
  public List<String> sentinels() {
    return sentinels.stream().map(host -> host.url().substring("redis://".length())).toList();
  }

  /** The server that the sentinels name as master now. */
  public RedisServer master() {
    int port = masterPort();
    return servers.stream()
        .filter(server -> server.uri().getPort() == port)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the sentinels name port " + port));
  }

  /** Everything but {@link #master()}. */
  public List<RedisServer> replicas() {
    RedisServer master = master();
    return servers.stream().filter(server -> server != master).toList();
  }

  /**
   * Has the sentinels make a replica the master although the present one is well, and waits until
   * they name it. The former master serves on for some seconds, until it is told.
   */
  public RedisServer failOver() {
    RedisServer before = master();
    Waiting.until(
        "replica that can be promoted", DEADLINE, () -> inStep(before, 1) && canFailOver(1));
    // Refused until the sentinel has asked the replica how it is.
    Waiting.until(
        "sentinel that begins",
        DEADLINE,
        () -> "OK".equals(ask(sentinel -> sentinel.failover(MASTER))));
    return awaitOther(before);
  }

  /**
   * Starts a server that was killed, without data, as a replica of the present master. (Sentinels
   * would tell it so themselves, eight seconds later.)
   */
  public void rejoin(RedisServer killed) {
    int port = master().uri().getPort();
    killed.startAgainEmpty();
    Waiting.ask(killed, redis -> redis.replicaof("127.0.0.1", port));
  }

  /** Waits until the sentinels name another master than this one, and returns it. */
  public RedisServer awaitOther(RedisServer before) {
    int port = before.uri().getPort();
    Waiting.until("another master", DEADLINE, () -> masterPort() != port);
    RedisServer after = master();
    Waiting.until("a master that knows that it is", DEADLINE, () -> isMaster(after));
    return after;
  }

  @Override
  public void close() {
    sentinels.forEach(ProcessHost::close);
    servers.forEach(RedisServer::close);
  }

  private static RedisOptions replicating() {
    // Without a delay the first synchronization costs nothing; a replica otherwise waits 5 s.
    return RedisOptions.defaults()
        .withArguments("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0");
  }

  /** Sentinels introduce themselves to each other over the master: once every two seconds. */
  private ProcessHost sentinel(int own, List<Integer> all, RedisServer master) {
    List<String> lines = new ArrayList<>();
    lines.add("port " + own);
    lines.add("sentinel myid " + id(own));
    int quorum = all.size() / 2 + 1;
    lines.add("sentinel monitor " + MASTER + " 127.0.0.1 " + master.uri().getPort() + " " + quorum);
    lines.add("sentinel down-after-milliseconds " + MASTER + " " + DOWN_AFTER);
    lines.add("sentinel failover-timeout " + MASTER + " " + FAILOVER_TIMEOUT);
    for (int other : all) {
      if (other != own) {
        lines.add("sentinel known-sentinel " + MASTER + " 127.0.0.1 " + other + " " + id(other));
      }
    }
    return new ProcessHost(
        RedisServer.binary(),
        own,
        null,
        (directory, port) -> {
          Path file = directory.resolve("sentinel.conf");
          if (!Files.exists(file)) {
            Files.write(file, lines);
          }
          return List.of(file.toString(), "--sentinel");
        });
  }

  /** Sentinels ask servers how they are every ten seconds; tests need not wait so long. */
  private static void askOften(int sentinel) {
    try {
      // Before 7.0 this is an error, and tests are slower.
      String ignored =
          RespProbe.command(sentinel, null, "SENTINEL", "DEBUG", "info-period", "1000");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The 40 hexadecimal digits by which a sentinel is known, here its port. */
  private static String id(int port) {
    return "%040x".formatted(port);
  }

  private boolean canFailOver(int replicas) {
    for (ProcessHost sentinel : sentinels) {
      var master = askOne(sentinel, commands -> commands.master(MASTER));
      if (!("" + (sentinels.size() - 1)).equals(master.get("num-other-sentinels"))
          || !("" + replicas).equals(master.get("num-slaves"))
          || !"master".equals(master.get("flags"))) {
        return false;
      }
      for (var replica : askOne(sentinel, commands -> commands.replicas(MASTER))) {
        if (!"ok".equals(replica.get("master-link-status"))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean inStep(RedisServer master, int replicas) {
    String role = Waiting.info(master, "replication");
    return role.contains("role:master") && role.split("state=online", -1).length - 1 >= replicas;
  }

  private static boolean isMaster(RedisServer server) {
    return Waiting.info(server, "replication").contains("role:master");
  }

  private int masterPort() {
    var address = (InetSocketAddress) ask(commands -> commands.getMasterAddrByName(MASTER));
    return address.getPort();
  }

  private <T> T ask(Function<RedisSentinelCommands<String, String>, T> question) {
    return askOne(sentinels.get(0), question);
  }

  private static <T> T askOne(
      ProcessHost sentinel, Function<RedisSentinelCommands<String, String>, T> question) {
    return Waiting.askWith(
        RedisURI.create(sentinel.url()),
        client -> {
          try (var connection = client.connectSentinel()) {
            return question.apply(connection.sync());
          }
        });
  }
}
