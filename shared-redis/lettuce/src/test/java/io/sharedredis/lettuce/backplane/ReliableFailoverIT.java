package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Reliable messages while servers of Redis take each other's place. */
class ReliableFailoverIT {

  @Test
  void confirmedMessagesOutliveReplicasAndMastersBehindSentinels() throws Exception {
    // With one replica, that the former master has none any more; in the proof only, for its time.
    if (ReliableLoad.PROOF) {
      try (RedisSentinel redis = RedisSentinel.start()) {
        load("SENTINEL_FAILOVER", redis.url(), 1, load -> redis.failOver());
      }
    }
    try (RedisSentinel redis = RedisSentinel.start(2, 3)) {
      load(
          "SENTINEL_REPLICA_RESTARTED",
          redis.url(),
          1,
          load -> {
            RedisServer replica = redis.replicas().get(0);
            replica.kill();
            load.letTimePass(50, 500);
            redis.rejoin(replica);
          });
      load(
          "SENTINEL_MASTER_KILLED",
          redis.url(),
          1,
          load -> {
            RedisServer master = redis.master();
            master.kill();
            redis.awaitOther(master);
            redis.rejoin(master);
          });
    }
  }

  @Test
  void confirmedMessagesOutliveNodesAndMovesOfTheirSlot() throws Exception {
    try (RedisCluster redis = RedisCluster.startWithReplicas()) {
      onlyTheOwnersReplicasConfirm(redis);
      load(
          "CLUSTER_NODE_KILLED",
          redis.url(),
          1,
          load -> {
            String key = key(load);
            RedisServer owner = redis.ownerOf(key);
            owner.kill();
            redis.awaitOtherOwner(key, owner);
            owner.startAgain();
            redis.awaitOk();
          });
      load(
          "CLUSTER_SLOT_MOVED",
          redis.url(),
          1,
          load -> {
            String key = key(load);
            RedisServer owner = redis.ownerOf(key);
            redis.moveSlot(key, otherMaster(redis, owner));
          });
    }
  }

  /** The sender hears of the move by being refused; who had the slot before has idle replicas. */
  private static void onlyTheOwnersReplicasConfirm(RedisCluster redis) {
    try (Replicas replicas = new Replicas()) {
      Replica a = replicas.startReliable(redis.url(), ReliableLoad.OPTIONS.withMinReplicas(1));
      assertThat(send(a)).succeedsWithin(Replicas.SOON);
      String key = "shared-redis:backplane:reliable:{" + replicas.hub + ":all}:stream";
      RedisServer owner = otherMaster(redis, redis.ownerOf(key));
      RedisServer itsReplica = redis.nodes().get(redis.nodes().indexOf(owner) + 3);
      redis.moveSlot(key, owner);
      itsReplica.pause();
      CompletableFuture<Void> sent;
      try {
        sent = send(a);
        // Refused by the former owner first, then kept and not confirmed by the new one.
        await().atMost(Replicas.SOON).until(() -> hasWaited(owner));
        assertThat(sent).isNotDone();
      } finally {
        itsReplica.resume();
      }
      assertThat(sent).succeedsWithin(Duration.ofSeconds(30));
      redis.awaitOk();
    }
  }

  private static boolean hasWaited(RedisServer server) {
    AtomicReference<String> statistics = new AtomicReference<>("");
    Replicas.admin(server.url(), redis -> statistics.set(redis.info("commandstats")));
    return statistics.get().contains("cmdstat_wait:");
  }

  private static CompletableFuture<Void> send(Replica replica) {
    return replica
        .lifetime()
        .sendReliably(new Recipients.All(Set.of()), Invocation.of(null, "n", List.of("1")), null)
        .toCompletableFuture();
  }

  private static String key(ReliableLoad load) {
    return "shared-redis:backplane:reliable:{" + load.hub() + ":all}:stream";
  }

  private static RedisServer otherMaster(RedisCluster redis, RedisServer owner) {
    for (int i = 0; ; i++) {
      RedisServer other = redis.ownerOf("key-" + i);
      if (other != owner) {
        return other;
      }
    }
  }

  private interface Fault {
    void happen(ReliableLoad load);
  }

  private static void load(String name, String url, int minReplicas, Fault fault)
      throws InterruptedException {
    ReliableOptions options = ReliableLoad.OPTIONS.withMinReplicas(minReplicas);
    try (Replicas replicas = new Replicas()) {
      Replica a = replicas.startReliable(url, options);
      Replica b = replicas.startReliable(url, options);
      ReliableLoad load = new ReliableLoad(name, replicas.hub, a, b);
      load.run(() -> fault.happen(load));
    }
  }
}
