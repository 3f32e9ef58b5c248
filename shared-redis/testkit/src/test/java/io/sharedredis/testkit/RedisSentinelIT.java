package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisSentinelIT {

  @Test
  void replicaIsMadeMasterWithItsDataAndTheFormerOneComesBackAsReplica() {
    try (RedisSentinel redis = RedisSentinel.start()) {
      RedisServer first = redis.master();
      Waiting.ask(first, commands -> commands.set("k", "v"));
      long copies = Waiting.ask(first, commands -> commands.waitForReplication(1, 5_000));
      assertThat(copies).isEqualTo(1);

      RedisServer second = redis.failOver();
      assertThat(second).isNotSameAs(first);
      assertThat(Waiting.<String>ask(second, commands -> commands.get("k"))).isEqualTo("v");
      assertThat(redis.replicas()).containsExactly(first);

      first.kill();
      redis.rejoin(first);
      assertThat(Waiting.info(first, "replication")).contains("role:slave");
    }
  }
}
