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
    private @Nullable RedisCluster redis;

    @Override
    void start() {
      redis = redis == null ? RedisCluster.start() : redis;
    }

    @Override
    String url() {
      return redis.url();
    }

    @Override
    RedisURI ofSessions() {
      return redis.ownerOf(SessionRedis.SLOT).uri();
    }

    @Override
    RedisURI elsewhere() {
      RedisServer owner = redis.ownerOf(SessionRedis.SLOT);
      return redis.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow().uri();
    }
  };

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
