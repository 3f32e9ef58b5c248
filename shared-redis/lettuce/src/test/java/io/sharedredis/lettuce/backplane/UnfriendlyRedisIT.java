package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Redis that refuses, is watched, or is used by somebody who writes nonsense to our channels. */
class UnfriendlyRedisIT {

  private final RedisServer redis = RedisServer.startOwn();
  private final Replicas replicas = new Replicas();
  private final Channels channels = new Channels(replicas.hub);

  @AfterEach
  void stop() {
    replicas.close();
    redis.close();
  }

  @Test
  void joinThatRedisRefusesIsUndoneAndOtherGroupsAreNotHarmed() {
    Replicas.admin(
        redis.url(),
        commands ->
            commands.aclSetuser(
                "app",
                AclSetuserArgs.Builder.on()
                    .addPassword("pw")
                    .allCommands()
                    .resetChannels()
                    .channelPattern("shared-redis:*")
                    .channelPattern(replicas.hub + ":all")
                    .channelPattern(replicas.hub + ":internal:*")
                    .channelPattern(replicas.hub + ":connection:*")
                    .channelPattern(replicas.hub + ":group:open")));
    String url = redis.url().replace("redis://", "redis://app:pw@");
    Replica replica = replicas.start(url);
    Replica sender = replicas.start(redis.url());
    TestConnection client = replica.connect("client");

    assertThat(replica.lifetime().addToGroup("client", "closed").toCompletableFuture())
        .failsWithin(Replicas.SOON)
        .withThrowableThat()
        .withMessageContaining("Redis refuses a subscription");
    done(replica.lifetime().addToGroup("client", "open"));
    done(sender.lifetime().send(group("open"), call("m")));
    await().atMost(Replicas.SOON).until(() -> client.received().equals(List.of("m()")));

    // Undone: it is no member for local sends either, and may try again when the ACL has changed.
    assertThat(replica.lifetime().send(group("closed"), call("x")).toCompletableFuture())
        .failsWithin(Replicas.SOON);
    assertThat(client.received()).containsExactly("m()");
    Replicas.admin(
        redis.url(),
        commands ->
            commands.aclSetuser(
                "app", AclSetuserArgs.Builder.channelPattern(replicas.hub + ":group:closed")));
    done(replica.lifetime().addToGroup("client", "closed"));
    done(sender.lifetime().send(group("closed"), call("n")));
    await().atMost(Replicas.SOON).until(() -> client.received().equals(List.of("m()", "n()")));
  }

  @Test
  void askingAnAbsentConnectionFailsThoughAMonitorListensToEverything() {
    Replica replica = replicas.start(redis.url());
    try (ForeignServer monitor = new ForeignServer(redis.url())) {
      monitor.observeEverything();
      assertThat(replica.lifetime().invoke("nobody", "ask", List.of(), String.class))
          .failsWithin(Duration.ofSeconds(2))
          .withThrowableThat()
          .havingRootCause()
          .isInstanceOf(ClientResultException.class)
          .withMessage("Connection 'nobody' does not exist.");
    }
  }

  @Test
  void callToAClientWhoseReplicaDiesEnds() {
    Replica asking = replicas.start(redis.url());
    Replica dying = replicas.start(redis.url());
    TestConnection client = dying.connect("client");
    var answer = asking.lifetime().invoke("client", "ask", List.of(), String.class);
    await().atMost(Replicas.SOON).until(() -> client.calls().size() == 1);

    dying.backplane().close();

    assertThat(answer)
        .failsWithin(AbsentConnections.LOOK.plusSeconds(3))
        .withThrowableThat()
        .withMessageContaining("Connection 'client' disconnected.");
  }

  @Test
  void nonsenseOnAnyChannelIsCountedAndNobodyIsHarmed() {
    Replica replica = replicas.start(redis.url(), options -> options.withMaxMessageBytes(100_000));
    Replica sender = replicas.start(redis.url());
    TestConnection client = replica.connect(new TestConnection("client", "ann", Replicas.LINE));
    done(replica.lifetime().addToGroup("client", "g"));
    List<String> everywhere =
        List.of(
            channels.all(),
            channels.connection("client"),
            channels.group("g"),
            channels.user("ann"),
            channels.groupCommands(),
            channels.acks(replica.server()),
            channels.returns(replica.server()),
            "shared-redis:backplane:peers:{" + replicas.hub + "}");
    List<String> nonsense =
        List.of("", "c1", "90", "80", "9290", "ddffffffff", "92ddffffffff", "94c0c0c0c0");

    try (ForeignServer foreign = new ForeignServer(redis.url())) {
      for (String channel : everywhere) {
        for (String payload : nonsense) {
          foreign.publish(channel, HexFormat.of().parseHex(payload));
        }
        foreign.publish(channel, new byte[100_001]);
      }
      // Only protocols that nobody here speaks, and an ack nobody waits for.
      foreign.publish(channels.all(), HexFormat.of().parseHex("929081a478787878c40101"));
      foreign.publish(channels.acks(replica.server()), HexFormat.of().parseHex("912a"));
    }

    done(sender.lifetime().send(new Recipients.All(Set.of()), call("m")));
    await().atMost(Replicas.SOON).until(() -> client.received().equals(List.of("m()")));
    assertThat(client.closed()).isFalse();
    assertThat(replica.count("malformed")).isGreaterThan(everywhere.size() * 6L);
    for (String kind : List.of("all", "connection", "group", "user", "internal:groups")) {
      assertThat(replica.count("malformed:" + kind)).as(kind).isPositive();
    }
    assertThat(replica.count("late-acks")).isPositive();
    assertThat(replica.count("connects")).isEqualTo(1);
  }

  @Test
  void messageSoLargeThatRedisCutsItsReadersOffIsSurvived() {
    Replica replica = replicas.start(redis.url());
    Replica sender = replicas.start(redis.url());
    TestConnection client = replica.connect("client");
    try (ForeignServer foreign = new ForeignServer(redis.url())) {
      // Beyond client-output-buffer-limit for pubsub, 32 MB by default.
      foreign.publish(channels.all(), new byte[100 * 1024 * 1024]);
    }
    await()
        .atMost(Replicas.SOON)
        .until(() -> replica.count("connects") > 1 && replica.backplane().settled());
    await().atMost(Replicas.SOON).until(sender.backplane()::settled);
    done(sender.lifetime().send(new Recipients.All(Set.of()), call("m")));
    await().atMost(Replicas.SOON).until(() -> client.received().equals(List.of("m()")));
  }

  @Test
  void messageTooLargeIsRefusedToItsSender() {
    Replica replica = replicas.start(redis.url(), options -> options.withMaxMessageBytes(2_000));
    assertThat(
            replica
                .lifetime()
                .send(
                    new Recipients.All(Set.of()),
                    Invocation.of(null, "m", List.of("x".repeat(3_000))))
                .toCompletableFuture())
        .failsWithin(Replicas.SOON)
        .withThrowableThat()
        .withMessageContaining("2000");
  }

  @Test
  void thousandsOfGroupsWithPatternCharactersComeBackAfterAReconnect() {
    Replica replica = replicas.start(redis.url());
    Replica sender = replicas.start(redis.url());
    TestConnection client = replica.connect("client");
    List<String> names = IntStream.range(0, 3_000).mapToObj(i -> "*?[" + i + "]:{x}").toList();
    CompletionStage<Void> last = null;
    for (String name : names) {
      last = replica.lifetime().addToGroup("client", name);
    }
    done(last);

    Replicas.admin(redis.url(), commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
    await()
        .atMost(Replicas.SOON)
        .until(() -> replica.count("connects") == 2 && replica.backplane().settled());

    done(sender.lifetime().send(new Recipients.Groups(names, Set.of()), call("m")));
    await().atMost(Replicas.SOON).until(() -> client.calls().size() == names.size());
    done(replica.lifetime().onDisconnected(client));
    await()
        .atMost(Replicas.SOON)
        .untilAsserted(
            () ->
                Replicas.admin(
                    redis.url(),
                    commands ->
                        assertThat(commands.pubsubChannels(replicas.hub + ":group:*")).isEmpty()));
  }

  private static Recipients group(String name) {
    return new Recipients.Groups(List.of(name), Set.of());
  }

  private static Invocation call(String target) {
    return Invocation.of(null, target, List.of());
  }

  private static void done(CompletionStage<Void> stage) {
    assertThat(stage.toCompletableFuture()).succeedsWithin(Replicas.SOON);
  }
}
