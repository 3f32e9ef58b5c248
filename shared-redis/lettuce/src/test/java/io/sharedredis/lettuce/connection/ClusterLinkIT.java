package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands go to the master of their slot wherever it is, and subscriptions hear every node. */
class ClusterLinkIT {

  private static final Duration BACK = Duration.ofSeconds(20);
  private static final LuaScript SCRIPT = LuaScript.beside(ClusterLinkIT.class, "increment.lua");

  private static RedisCluster redis;

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger stood = new AtomicInteger();
  private RedisNetwork network;
  private RedisLink<String, String> link;
  private RedisSubscriber<String, String> subscriber;

  @BeforeAll
  static void start() {
    redis = RedisCluster.startWithReplicas();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void connect() throws Exception {
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    RedisAddress address = RedisAddress.parse("test", redis.url());
    link = new RedisLink<>(network, "tests", address, StringCodec.UTF8);
    subscriber =
        new RedisSubscriber<>(
            network,
            "news",
            address,
            StringCodec.UTF8,
            (channel, message) -> heard.add(message),
            stood::incrementAndGet,
            "news");
    link.firstConnected().get(10, TimeUnit.SECONDS);
    Awaitility.await().atMost(BACK).until(() -> stood.get() > 0);
  }

  @AfterEach
  void close() {
    subscriber.close();
    link.close();
    network.close();
  }

  @Test
  void scriptsRunWhereverTheirSlotIsAndWhereverItMoves() {
    for (String key : List.of("{a}:1", "{b}:1", "{c}:1", "{d}:1")) {
      assertThat(increment(key)).isEqualTo(1);
    }
    RedisServer owner = redis.ownerOf("{a}");
    RedisServer other =
        redis.nodes().stream()
            .filter(node -> node != owner && isMaster(node))
            .findFirst()
            .orElseThrow();
    try (RedisCluster.SlotMove move = redis.beginMove("{a}", other)) {
      assertThat(increment("{a}:1")).isEqualTo(2);
      move.moveKeys(1);
      // Asked for at the new node, which does not own the slot yet.
      assertThat(increment("{a}:1")).isEqualTo(3);
    }
    assertThat(increment("{a}:1")).isEqualTo(4);
  }

  @Test
  void replicaThatTakesOverIsUsedWithoutARestart() {
    assertThat(increment("{killed}:1")).isEqualTo(1);
    RedisServer owner = redis.ownerOf("{killed}");
    owner.kill();
    redis.awaitOtherOwner("{killed}", owner);
    Awaitility.await().atMost(BACK).ignoreExceptions().until(() -> increment("{killed}:2") == 1);
    awaitHeard();
    owner.startAgain();
    redis.awaitOk();
  }

  private boolean isMaster(RedisServer node) {
    for (String key : List.of("{a}", "{b}", "{c}", "{d}", "{e}")) {
      if (redis.ownerOf(key) == node) {
        return true;
      }
    }
    return false;
  }

  private long increment(String key) {
    return link.<Long>sync(
        commands -> SCRIPT.run(commands, ScriptOutputType.INTEGER, new String[] {key}));
  }

  private void awaitHeard() {
    Awaitility.await()
        .atMost(BACK)
        .ignoreExceptions()
        .until(
            () -> {
              link.<Long>sync(commands -> commands.publish("news", "heard"));
              return heard.contains("heard");
            });
  }
}
