package io.sharedredis.lettuce.session;

import io.lettuce.core.RedisURI;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import org.jspecify.annotations.Nullable;

/** How the Redis of a test is built. Each is started once for all classes and ends with the JVM. */
enum SessionRedisTopology {
  /** One server. */
  STANDALONE {
    private @Nullable RedisServer server;

    @Override
    void start() {
      server = server == null ? RedisServer.start(RedisOptions.defaults()) : server;
    }

    @Override
    String url() {
      return server.url();
    }

    @Override
    RedisURI ofSessions() {
      return server.uri();
    }

    @Override
    RedisURI elsewhere() {
      return server.uri();
    }
  },

  /** A master that sentinels name, with a replica. */
  SENTINEL {
    private @Nullable RedisSentinel redis;

    @Override
    void start() {
      redis = redis == null ? RedisSentinel.start() : redis;
    }

    @Override
    String url() {
      return redis.url();
    }

    @Override
    RedisURI ofSessions() {
      return redis.master().uri();
    }

    @Override
    RedisURI elsewhere() {
      return redis.master().uri();
    }
  },

  /** Three masters, which refuse scripts that touch more than one slot. */
  CLUSTER {
    @Override
    void start() {
      cluster = cluster == null ? RedisCluster.start() : cluster;
    }

    @Override
    String url() {
      return cluster.url();
    }

    @Override
    RedisURI ofSessions() {
      return cluster.ownerOf(SessionRedis.SLOT).uri();
    }

    @Override
    RedisURI elsewhere() {
      RedisServer owner = cluster.ownerOf(SessionRedis.SLOT);
      return cluster.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow().uri();
    }
  };

  private static @Nullable RedisCluster cluster;

  /** Begins to move the slot of sessions to another node of the cluster. */
  static RedisCluster.SlotMove beginMove() {
    RedisServer owner = cluster.ownerOf(SessionRedis.SLOT);
    RedisServer other =
        cluster.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow();
    return cluster.beginMove(SessionRedis.SLOT, other);
  }

  /** Starts the servers unless they run. */
  abstract void start();

  /** Where an application would be told to look. */
  abstract String url();

  /** The server that holds the sessions. */
  abstract RedisURI ofSessions();

  /**
   * A server that hears what is announced, another one than that of sessions where there is one.
   */
  abstract RedisURI elsewhere();
}
