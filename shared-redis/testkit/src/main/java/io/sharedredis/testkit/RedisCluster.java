package io.sharedredis.testkit;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A real Redis Cluster of three masters with a third of the slots each, with or without a replica
 * of each master. A replica takes over about three seconds after its master has gone.
 *
 * <p>Processes of this machine in any case, since nodes name each other by address. Nothing
 * outlives the JVM. Calls come from one thread at a time.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int MASTERS = 3;

  /** Redis' own: a node listens to other nodes on a port so far above its own. */
  private static final int BUS = 10_000;

  /** Unit: milliseconds without an answer before a node counts as failing. */
  private static final int NODE_TIMEOUT = 1_500;

  private static final Duration DEADLINE = Duration.ofSeconds(40);

  private final List<RedisServer> nodes = new ArrayList<>();

  private RedisCluster(boolean replicas) {
    try {
      int count = replicas ? 2 * MASTERS : MASTERS;
      for (int i = 0; i < count; i++) {
        nodes.add(RedisServer.process(options()));
      }
      RedisServer first = nodes.get(0);
      for (int i = 0; i < MASTERS; i++) {
        int[] slots =
            IntStream.range(
                    i * SlotHash.SLOT_COUNT / MASTERS, (i + 1) * SlotHash.SLOT_COUNT / MASTERS)
                .toArray();
        on(nodes.get(i), redis -> redis.clusterAddSlots(slots));
      }
      for (RedisServer node : nodes.subList(1, count)) {
        on(first, redis -> redis.clusterMeet("127.0.0.1", node.uri().getPort()));
      }
      Waiting.until("nodes that know each other", DEADLINE, () -> all(n -> known(n) == count));
      for (int i = MASTERS; i < count; i++) {
        String master = id(nodes.get(i - MASTERS));
        on(nodes.get(i), redis -> redis.clusterReplicate(master));
      }
      awaitOk();
      if (replicas) {
        Waiting.until("replicas in step", DEADLINE, this::replicasInStep);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Three masters. */
  public static RedisCluster start() {
    return new RedisCluster(false);
  }

  /** Three masters with a replica each. */
  public static RedisCluster startWithReplicas() {
    return new RedisCluster(true);
  }

  /** {@code redis-cluster://host:port,host:port,…}, every node named. */
  public String url() {
    return addresses().stream().collect(Collectors.joining(",", "redis-cluster://", ""));
  }

  /** {@code host:port} of every node. */
  public List<String> addresses() {
    return nodes.stream().map(node -> node.url().substring("redis://".length())).toList();
  }

  /** Every node, masters first as they were at the start. */
  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  /** The master that holds the slot of a key, as the first node that answers sees it. */
  public RedisServer ownerOf(String key) {
    int slot = SlotHash.getSlot(key);
    for (RedisServer node : nodes) {
      try {
        return owner(node, slot);
      } catch (RuntimeException away) {
        // The next one may know.
      }
    }
    throw new IllegalStateException("no node knows who holds slot " + slot);
  }

  /** Waits until another master than this one holds the slot of a key, and returns it. */
  public RedisServer awaitOtherOwner(String key, RedisServer before) {
    List<RedisServer> others = nodes.stream().filter(node -> node != before).toList();
    int slot = SlotHash.getSlot(key);
    Waiting.until("other owner of the slot", DEADLINE, () -> owner(others.get(0), slot) != before);
    RedisServer after = owner(others.get(0), slot);
    Waiting.until("whole cluster", DEADLINE, () -> isOk(after));
    return after;
  }

  /** Moves the slot of a key with all its keys to another master, as resharding does. */
  public void moveSlot(String key, RedisServer to) {
    try (SlotMove move = beginMove(key, to)) {
      move.moveKeys(Integer.MAX_VALUE);
    }
  }

  /** Begins to move the slot of a key; closing it ends the move. */
  public SlotMove beginMove(String key, RedisServer to) {
    return new SlotMove(SlotHash.getSlot(key), ownerOf(key), to);
  }

  /** Waits until every node says that the cluster serves all slots. */
  public void awaitOk() {
    Waiting.until("whole cluster", DEADLINE, () -> all(RedisCluster::isOk));
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }

  /** A slot on its way: some keys here, some there. */
  public final class SlotMove implements AutoCloseable {
    private final int slot;
    private final RedisServer from;
    private final RedisServer to;

    private SlotMove(int slot, RedisServer from, RedisServer to) {
      this.slot = slot;
      this.from = from;
      this.to = to;
      on(to, redis -> redis.clusterSetSlotImporting(slot, id(from)));
      on(from, redis -> redis.clusterSetSlotMigrating(slot, id(to)));
    }

    /** Moves at most so many keys, in no order that could be foreseen. */
    public void moveKeys(int most) {
      moveKeys(on(from, redis -> redis.clusterGetKeysInSlot(slot, Math.min(most, 100_000))));
    }

    /** Moves these keys, as far as they are there. */
    public void moveKeys(List<String> keys) {
      if (!keys.isEmpty()) {
        on(
            from,
            redis ->
                redis.migrate(
                    "127.0.0.1",
                    to.uri().getPort(),
                    0,
                    5_000,
                    MigrateArgs.Builder.keys(keys.toArray(String[]::new)).replace()));
      }
    }

    /** Moves what is left, and makes the other master the owner. */
    @Override
    public void close() {
      moveKeys(Integer.MAX_VALUE);
      String owner = id(to);
      on(to, redis -> redis.clusterSetSlotNode(slot, owner));
      on(from, redis -> redis.clusterSetSlotNode(slot, owner));
      Waiting.until("new owner of the slot", DEADLINE, () -> all(n -> owner(n, slot) == to));
    }
  }

  private static RedisOptions options() {
    return RedisOptions.defaults()
        .withPort(FreePorts.withCompanion(BUS))
        .withArguments("--cluster-enabled", "yes")
        .withArguments("--cluster-node-timeout", Integer.toString(NODE_TIMEOUT))
        .withArguments("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0");
  }

  private boolean all(Function<RedisServer, Boolean> condition) {
    return nodes.stream().allMatch(condition::apply);
  }

  private static boolean isOk(RedisServer node) {
    return on(node, RedisCommands::clusterInfo).contains("cluster_state:ok");
  }

  private static long known(RedisServer node) {
    return view(node).stream()
        .filter(other -> !other.is(RedisClusterNode.NodeFlag.HANDSHAKE))
        .count();
  }

  private boolean replicasInStep() {
    return nodes.subList(MASTERS, nodes.size()).stream()
        .allMatch(node -> Waiting.info(node, "replication").contains("master_link_status:up"));
  }

  private RedisServer owner(RedisServer asked, int slot) {
    int port =
        view(asked).stream()
            .filter(node -> node.hasSlot(slot))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("nobody holds slot " + slot))
            .getUri()
            .getPort();
    return nodes.stream().filter(node -> node.uri().getPort() == port).findFirst().orElseThrow();
  }

  private static List<RedisClusterNode> view(RedisServer node) {
    String nodes = on(node, redis -> redis.clusterNodes());
    return List.copyOf(ClusterPartitionParser.parse(nodes));
  }

  private static String id(RedisServer node) {
    return on(node, RedisCommands::clusterMyId);
  }

  private static <T> T on(RedisServer node, Function<RedisCommands<String, String>, T> work) {
    return Waiting.ask(node, work);
  }
}
