package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.lettuce.connection.MissingRights;
import io.sharedredis.testkit.backplane.TestConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Replicas whose Redis user has the rights of the document, or lacks one of them. */
class LeastRightsBackplaneIT {

  private static final String RELAY = "shared-redis:shop:hub:relay:{x}";
  private static final String MESSAGING = "shared-redis:shop:messaging:users";

  private final Replicas replicas = new Replicas();
  private final Logger logger = (Logger) LoggerFactory.getLogger(MissingRights.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    replicas.close();
  }

  @Test
  void sendsJoinsQuestionsAndHistoriesNeedTheRightsOfTheDocumentAndNoMore() {
    try (RestrictedRedis redis =
        new RestrictedRedis(
            "shop", replicas.hub, "backplane", "relay", "messaging", "reliable", "resume")) {
      ReliableOptions reliable = ReliableOptions.defaults().withMinReplicas(1);
      Replica a = replicas.startReliable(redis.url(), ReliableOptions.defaults());
      Replica b = replicas.startReliable(redis.url(), ReliableOptions.defaults());
      TestConnection client = b.connect(new TestConnection("client", "ann", Replicas.LINE));
      done(a.lifetime().addToGroup("client", "g"));
      done(a.lifetime().send(new Recipients.All(Set.of()), call("all")));
      awaitReceived(client, "all()");
      done(a.lifetime().send(group("g"), call("m")));
      awaitReceived(client, "all()", "m()");
      done(a.lifetime().sendReliably(group("g"), call("n"), "key"));
      // What it misses while it is deaf is read from the history.
      String channel = new Channels(replicas.hub).group("g");
      b.backplane().loseSubscription(channel);
      await()
          .atMost(Replicas.SOON)
          .until(() -> b.backplane().subscribers(channel).toCompletableFuture().join() == 0);
      done(a.lifetime().sendReliably(group("g"), call("o"), null));
      awaitReceived(client, "all()", "m()", "n()", "o()");
      assertThat(a.lifetime().invoke("nobody", "ask", List.of(), String.class))
          .failsWithin(Replicas.SOON)
          .withThrowableThat()
          .withMessageContaining("does not exist");
      done(a.lifetime().removeFromGroup("client", "g"));
      for (String other : List.of(RELAY, MESSAGING)) {
        done(b.backplane().relayWire().listening(other, payload -> {}));
        done(a.backplane().relayWire().publish(other, new byte[1]));
      }
      // One more than a user may have, so that the oldest goes.
      for (int i = 0; i <= PlaceStore.MOST; i++) {
        Map<String, String> query = Map.of("resume", UUID.randomUUID().toString());
        b.connect(new TestConnection("resuming-" + i, "ann", Replicas.LINE, query));
      }
      Replica careful = replicas.startReliable(redis.url(), reliable);
      // No replica of the server ever has it; it is asked for all the same.
      var unused = careful.lifetime().sendReliably(group("g"), call("p"), null);
      await().atMost(Replicas.SOON).untilAsserted(() -> redis.assertRightsAreExact("+ping"));
      assertThat(lines.list).isEmpty();
    }
  }

  @Test
  void rightThatIsMissingIsNamedOnceAndTakesEffectWhenItIsGiven() {
    try (RestrictedRedis redis =
        new RestrictedRedis("shop", replicas.hub, "backplane", "reliable")) {
      Replica a = replicas.startReliable(redis.url(), ReliableOptions.defaults());
      Replica b = replicas.startReliable(redis.url(), ReliableOptions.defaults());
      TestConnection client = b.connect("client");
      redis.give("-xadd", "-publish", "-@pubsub", "+subscribe", "+unsubscribe");
      for (int i = 0; i < 3; i++) {
        assertThat(
                a.lifetime().send(new Recipients.All(Set.of()), call("lost")).toCompletableFuture())
            .failsWithin(Replicas.SOON)
            .withThrowableThat()
            .withMessageContaining("publish");
      }
      assertThat(told("'publish'")).isEqualTo(1);
      redis.give("+publish");
      done(a.lifetime().send(new Recipients.All(Set.of()), call("m")));
      awaitReceived(client, "m()");

      var refused = a.lifetime().sendReliably(new Recipients.All(Set.of()), call("kept"), null);
      assertThat(refused.toCompletableFuture()).failsWithin(Replicas.SOON);
      assertThat(lines.list).as("publishing, and what a script may not do").hasSize(2);
      redis.give("+xadd");
      done(a.lifetime().sendReliably(new Recipients.All(Set.of()), call("n"), null));
      awaitReceived(client, "m()", "n()");
    }
  }

  /** How many lines tell of a right. */
  private long told(String right) {
    return lines.list.stream()
        .filter(line -> line.getLevel() == Level.ERROR)
        .filter(line -> line.getFormattedMessage().contains(right))
        .peek(line -> assertThat(line.getFormattedMessage()).contains("docs/redis-acl.md"))
        .count();
  }

  private static void awaitReceived(TestConnection client, String... calls) {
    await().atMost(Replicas.SOON).until(() -> client.received().equals(List.of(calls)));
  }

  private static Recipients group(String name) {
    return new Recipients.Groups(List.of(name), Set.of());
  }

  private static Invocation call(String target) {
    return Invocation.of(null, target, List.of());
  }

  private static void done(CompletionStage<?> stage) {
    assertThat(stage.toCompletableFuture()).succeedsWithin(Replicas.SOON);
  }
}
