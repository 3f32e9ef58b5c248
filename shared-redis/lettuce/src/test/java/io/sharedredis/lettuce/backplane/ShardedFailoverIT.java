package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisTopology;
import io.sharedredis.testkit.RedisCluster;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sharded channels while slots move and masters die. */
class ShardedFailoverIT {

  private static final int PARTITIONS = 8;
  private static final int GROUPS = 24;
  private static final Duration BACK = Duration.ofSeconds(30);

  private final List<String> groups = IntStream.range(0, GROUPS).mapToObj(i -> "g" + i).toList();
  private final List<String> confirmed = new ArrayList<>();
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private int number;

  @AfterEach
  void stop() {
    background.shutdownNow();
  }

  private static BackplaneOptions sharded(BackplaneOptions options) {
    return options.withPartitions(PARTITIONS);
  }

  private static BackplaneOptions probed(BackplaneOptions options) {
    return sharded(options).withProbe(Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  @Test
  void plainAndReliableMessagesGoOnWhileASlotMovesAndAfterAMasterDies() {
    try (RedisCluster redis = RedisCluster.startWithReplicas();
        Replicas farm = new Replicas()) {
      ReliableOptions reliable = ReliableOptions.defaults().withMinReplicas(1);
      Replica a = farm.startReliable(redis.url(), ShardedFailoverIT::probed, reliable);
      Replica b = farm.startReliable(redis.url(), ShardedFailoverIT::probed, reliable);
      TestConnection listener = b.connect("listener");
      for (String group : groups) {
        done(b.lifetime().addToGroup("listener", group));
      }
      Channels channels = new Channels(farm.hub);
      ChannelNames names = new ChannelNames("", PARTITIONS);
      Set<RedisServer> homes = new HashSet<>();
      groups.forEach(group -> homes.add(redis.ownerOf(names.name(channels.group(group)))));
      assertThat(homes).as("masters that carry channels").hasSize(3);
      awaitEveryGroup(a, listener, "before");
      sendReliably(a);

      String all = names.name(channels.all());
      RedisServer from = redis.ownerOf(all);
      RedisServer to = homes.stream().filter(node -> node != from).findFirst().orElseThrow();
      // While the slot is on its way, what needs keys on both sides is refused and tried again.
      CompletableFuture<Void> sending;
      try (RedisCluster.SlotMove move = redis.beginMove(all, to)) {
        sending = CompletableFuture.runAsync(() -> sendReliably(a), background);
        move.moveKeys(1);
      }
      done(sending);
      awaitEveryGroup(a, listener, "moved");
      assertThat(redis.ownerOf(all)).isEqualTo(to);

      redis.awaitOk();
      to.kill();
      redis.awaitOtherOwner(all, to);
      awaitEveryGroup(a, listener, "promoted");
      // It comes back as a replica, without which nothing is confirmed.
      to.startAgain();
      sendReliably(a);
      await().atMost(BACK).until(() -> reliably(listener).size() >= confirmed.size());
      assertThat(reliably(listener)).isEqualTo(confirmed);
      assertThat(listener.closed()).isFalse();
    }
  }

  @Test
  void subscriptionsLieOnTheirShardsAndEndWithTheLastMember() {
    SharedTestRedis.CLUSTER.start();
    String url = SharedTestRedis.CLUSTER.url();
    try (Replicas farm = new Replicas()) {
      Replica a = farm.start(url, ShardedFailoverIT::sharded);
      TestConnection member = a.connect("member");
      groups.forEach(group -> done(a.lifetime().addToGroup("member", group)));
      assertThat(listenedTo(url, farm.hub)).hasSize(GROUPS);
      done(a.lifetime().removeFromGroup("member", "g0"));
      await().atMost(BACK).until(() -> listenedTo(url, farm.hub).size() == GROUPS - 1);
      assertThat(a.count("connects")).as("no end was taken for a slot that moves").isEqualTo(8);
      done(a.lifetime().onDisconnected(member));
      await().atMost(BACK).until(() -> listenedTo(url, farm.hub).isEmpty());
    }
  }

  @Test
  void rightsOfTheDocumentAreEnough() {
    SharedTestRedis.CLUSTER.start();
    String url = SharedTestRedis.CLUSTER.url();
    String user = "sharded-" + UUID.randomUUID();
    List<String> rules = new ArrayList<>(List.of("SETUSER", user, "on", ">pw", "-@all"));
    for (String use : List.of("connection", "cluster", "sharded", "reliable")) {
      rules.addAll(RestrictedRedis.rights(use));
    }
    onEveryNode(url, admin -> assertThat(acl(admin, rules)).isEqualTo("OK"));
    try (Replicas farm = new Replicas()) {
      String asUser = url.replace("redis-cluster://", "redis-cluster://" + user + ":pw@");
      ReliableOptions reliable = ReliableOptions.defaults().withMinReplicas(0);
      Replica a = farm.startReliable(asUser, ShardedFailoverIT::probed, reliable);
      Replica b = farm.startReliable(asUser, ShardedFailoverIT::probed, reliable);
      TestConnection listener = b.connect("listener");
      groups.forEach(group -> done(a.lifetime().addToGroup("listener", group)));
      awaitEveryGroup(a, listener, "allowed");
      sendReliably(a);
      await().atMost(BACK).until(() -> reliably(listener).equals(confirmed));
      assertThat(a.lifetime().invoke("nobody", "ask", List.of(), String.class))
          .failsWithin(BACK)
          .withThrowableThat()
          .withMessageContaining("does not exist");
      groups.forEach(group -> done(a.lifetime().removeFromGroup("listener", group)));
    }
    onEveryNode(
        url,
        admin -> assertThat(admin.aclLog()).noneMatch(entry -> user.equals(entry.get("username"))));
    onEveryNode(url, admin -> admin.aclDeluser(user));
  }

  private static String acl(RedisCommands<String, String> admin, List<String> words) {
    CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
    words.forEach(arguments::add);
    return admin.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
  }

  private static void onEveryNode(String url, Consumer<RedisCommands<String, String>> work) {
    for (RedisTopology.Node node : RedisAddress.parse("test", url).topology().nodes()) {
      Replicas.admin("redis://" + node, work);
    }
  }

  @Test
  void shardedChannelsNeedAClusterOfRedis7() {
    try (RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT)) {
      assertThatThrownBy(() -> new ShardMap(network, RedisAddress.parse("test", "redis://x:1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("redis://x:1")
          .hasMessageContaining("redis-cluster://");
      try (ShardMap map =
          new ShardMap(network, RedisAddress.parse("test", "redis-cluster://x:1"))) {
        map.require(null);
        map.require("7.0.0");
        map.require("10.1.0");
        assertThat(map.unusable()).isNotDone();
        assertThatThrownBy(() -> map.require("6.2.14"))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("Redis 7")
            .hasMessageContaining("6.2.14");
        assertThat(map.unusable()).isCompletedExceptionally();
      }
    }
  }

  private static List<String> listenedTo(String url, String hub) {
    List<String> found = new ArrayList<>();
    onEveryNode(url, admin -> found.addAll(admin.pubsubShardChannels("*" + hub + ":group:*")));
    return found;
  }

  /** Confirmed messages: each of them arrives, once, in order. */
  private void sendReliably(Replica from) {
    for (int i = 0; i < 10; i++) {
      String target = "r" + number++;
      String key = "key-" + target;
      await()
          .atMost(BACK)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .ignoreExceptions()
          .until(
              () -> {
                from.lifetime()
                    .sendReliably(
                        new Recipients.All(Set.of()), Invocation.of(null, target, List.of()), key)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
                return true;
              });
      confirmed.add(target + "()");
    }
  }

  private static List<String> reliably(TestConnection listener) {
    return listener.received().stream().filter(call -> call.startsWith("r")).toList();
  }

  /** Plain sends fail meanwhile, and say so. */
  private void awaitEveryGroup(Replica from, TestConnection to, String text) {
    for (String group : groups) {
      String target = text + "-" + group;
      await()
          .atMost(BACK)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .ignoreExceptions()
          .until(
              () -> {
                from.lifetime()
                    .send(
                        new Recipients.Groups(List.of(group), Set.of()),
                        Invocation.of(null, target, List.of()))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
                return to.received().contains(target + "()");
              });
    }
  }

  private static void done(CompletionStage<?> stage) {
    assertThat(stage.toCompletableFuture()).succeedsWithin(BACK);
  }
}
