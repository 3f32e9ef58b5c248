package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisSentinelIT {

  @Test
  void replicaIsMadeMasterWithItsDataWhenTheMasterDiesAndWhenItIsTold() {
    try (RedisSentinel redis = RedisSentinel.start()) {
      RedisServer first = redis.master();
      Waiting.ask(first, commands -> commands.set("k", "v"));
      long copies = Waiting.ask(first, commands -> commands.waitForReplication(1, 5_000));
      assertThat(copies).isEqualTo(1);

      first.kill();
      RedisServer second = redis.awaitOther(first);
      assertThat(Waiting.<String>ask(second, commands -> commands.get("k"))).isEqualTo("v");
      assertThat(redis.replicas()).containsExactly(first);

      redis.rejoin(first);
      assertThat(redis.failOver()).isSameAs(first);
      assertThat(Waiting.<String>ask(first, commands -> commands.get("k"))).isEqualTo("v");
    }
  }
}
