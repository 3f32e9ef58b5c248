package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisClusterIT {

  @Test
  void slotMovesWithItsKeys() {
    try (RedisCluster cluster = RedisCluster.start()) {
      RedisServer owner = cluster.ownerOf("{a}:1");
      Waiting.ask(owner, redis -> redis.set("{a}:1", "one"));
      Waiting.ask(owner, redis -> redis.set("{a}:2", "two"));
      RedisServer other =
          cluster.nodes().stream().filter(n -> n != owner).findFirst().orElseThrow();
      cluster.moveSlot("{a}", other);
      assertThat(cluster.ownerOf("{a}:2")).isSameAs(other);
      assertThat(Waiting.<String>ask(other, redis -> redis.get("{a}:2"))).isEqualTo("two");
      assertThatThrownBy(() -> Waiting.<String>ask(owner, redis -> redis.get("{a}:2")))
          .hasMessageContaining("MOVED");
    }
  }
}
