package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisClusterIT {

  @Test
  void slotMovesWithItsKeysAndReplicaTakesOverWhenItsMasterDies() {
    try (RedisCluster cluster = RedisCluster.startWithReplicas()) {
      RedisServer owner = cluster.ownerOf("{a}:1");
      Waiting.ask(owner, redis -> redis.set("{a}:1", "one"));
      Waiting.ask(owner, redis -> redis.set("{a}:2", "two"));
      RedisServer other =
          cluster.nodes().subList(0, 3).stream().filter(n -> n != owner).findFirst().orElseThrow();
      cluster.moveSlot("{a}", other);
      assertThat(cluster.ownerOf("{a}:2")).isSameAs(other);
      assertThat(Waiting.<String>ask(other, redis -> redis.get("{a}:2"))).isEqualTo("two");
      assertThatThrownBy(() -> Waiting.<String>ask(owner, redis -> redis.get("{a}:2")))
          .hasMessageContaining("MOVED");

      Waiting.ask(other, redis -> redis.waitForReplication(1, 5_000));
      other.kill();
      RedisServer promoted = cluster.awaitOtherOwner("{a}", other);
      assertThat(Waiting.<String>ask(promoted, redis -> redis.get("{a}:1"))).isEqualTo("one");
    }
  }
}
