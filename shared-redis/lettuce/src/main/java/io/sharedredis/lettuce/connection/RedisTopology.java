package io.sharedredis.lettuce.connection;

import java.util.List;
import java.util.stream.Collectors;

/** How the servers behind one {@link RedisAddress} stand to each other. Immutable. */
public sealed interface RedisTopology {

  /** The servers that are named, at least one. */
  List<Node> nodes();

  /** One server, or whatever a service presents as one. */
  record Standalone(Node node) implements RedisTopology {
    @Override
    public List<Node> nodes() {
      return List.of(node);
    }
  }

  /**
   * A master with replicas, watched by sentinels.
   *
   * @param master the name by which sentinels know it
   * @param nodes the sentinels
   */
  record Sentinel(String master, List<Node> nodes) implements RedisTopology {
    /** Copies the list. */
    public Sentinel {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * A Redis Cluster.
   *
   * @param nodes some of its nodes; the others are found through them
   */
  record Cluster(List<Node> nodes) implements RedisTopology {
    /** Copies the list. */
    public Cluster {
      nodes = List.copyOf(nodes);
    }
  }

  /** One server. */
  record Node(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** The nodes as a URL lists them. */
  default String list() {
    return nodes().stream().map(Node::toString).collect(Collectors.joining(","));
  }
}
