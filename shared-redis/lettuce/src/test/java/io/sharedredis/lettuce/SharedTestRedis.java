package io.sharedredis.lettuce;

import io.lettuce.core.RedisURI;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import org.jspecify.annotations.Nullable;

/** How the Redis of a test is built. Each is started once for all classes and ends with the JVM. */
public enum SharedTestRedis {
  /** One server. */
  STANDALONE {
    private @Nullable RedisServer server;

    @Override
    public void start() {
      server = server == null ? RedisServer.start(RedisOptions.defaults()) : server;
    }

    @Override
    public String url() {
      return server.url();
    }

    @Override
    public RedisURI holding(String key) {
      return server.uri();
    }

    @Override
    public RedisURI notHolding(String key) {
      return server.uri();
    }
  },

  /** A master that sentinels name, with a replica. */
  SENTINEL {
    private @Nullable RedisSentinel redis;

    @Override
    public void start() {
      redis = redis == null ? RedisSentinel.start() : redis;
    }

    @Override
    public String url() {
      return redis.url();
    }

    @Override
    public RedisURI holding(String key) {
      return redis.master().uri();
    }

    @Override
    public RedisURI notHolding(String key) {
      return redis.master().uri();
    }
  },

  /** Three masters, which refuse scripts that touch more than one slot. */
  CLUSTER {
    @Override
    public void start() {
      cluster = cluster == null ? RedisCluster.start() : cluster;
    }

    @Override
    public String url() {
      return cluster.url();
    }

    @Override
    public RedisURI holding(String key) {
      return cluster.ownerOf(key).uri();
    }

    @Override
    public RedisURI notHolding(String key) {
      RedisServer owner = cluster.ownerOf(key);
      return cluster.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow().uri();
    }
  };

  private static @Nullable RedisCluster cluster;

  /** Begins to move the slot of a key to another node of the cluster. */
  public static RedisCluster.SlotMove beginMove(String key) {
    RedisServer owner = cluster.ownerOf(key);
    RedisServer other =
        cluster.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow();
    return cluster.beginMove(key, other);
  }

  /** Starts the servers unless they run. */
  public abstract void start();

  /** Where an application would be told to look. */
  public abstract String url();

  /** The server that holds a key. */
  public abstract RedisURI holding(String key);

  /** Another server than that where there is one; it hears what is announced all the same. */
  public abstract RedisURI notHolding(String key);
}
