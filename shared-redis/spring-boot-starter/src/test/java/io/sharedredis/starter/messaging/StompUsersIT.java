package io.sharedredis.starter.messaging;

import static io.sharedredis.starter.messaging.StompClient.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sharedredis.testkit.RedisServer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.user.SimpSession;
import org.springframework.messaging.simp.user.SimpUser;

/** Who is connected where, replicas that go, Redis that goes, and what does not belong. */
class StompUsersIT {

  private static final String[] SETTINGS = {
    "shared-redis.messaging.backplane=redis", "shared-redis.messaging.users-expire-after=5s"
  };

  private static RedisServer redis;
  private static StompReplica a;
  private static StompReplica b;
  private static List<StompReplica> both;

  @BeforeAll
  static void startReplicas() {
    redis = RedisServer.startOwn();
    a = StompReplica.start("web-1", redis.url(), SETTINGS);
    b = StompReplica.start("web-2", redis.url(), SETTINGS);
    both = List.of(a, b);
  }

  @AfterAll
  static void stopReplicas() {
    a.close();
    b.close();
    redis.close();
  }

  private static Set<String> sessions(StompReplica replica, String user) {
    SimpUser known = replica.users().getUser(user);
    return known == null
        ? Set.of()
        : known.getSessions().stream()
            .map(SimpSession::getId)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyReplicaKnowsUsersSessionsAndSubscriptionsOfAll() throws Exception {
    try (StompClient onA = new StompClient(a, "alice");
        StompClient onB = new StompClient(b, "alice");
        StompClient bob = new StompClient(b, "bob")) {
      var unused = bob.subscribe("/topic/for-bob");
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                for (StompReplica replica : both) {
                  assertThat(sessions(replica, "alice")).hasSize(2);
                  assertThat(replica.users().getUserCount()).isEqualTo(2);
                  assertThat(replica.users().getUsers())
                      .extracting(SimpUser::getName)
                      .containsExactlyInAnyOrder("alice", "bob");
                  assertThat(
                          replica
                              .users()
                              .findSubscriptions(
                                  known -> known.getDestination().equals("/topic/for-bob")))
                      .singleElement()
                      .satisfies(
                          known ->
                              assertThat(known.getSession().getUser().getName()).isEqualTo("bob"));
                }
              });
      assertThat(sessions(a, "alice")).isEqualTo(sessions(b, "alice"));
      assertThat(onA.session.isConnected() && onB.session.isConnected()).isTrue();
    }
    await().atMost(SOON).until(() -> a.users().getUserCount() + b.users().getUserCount() == 0);
  }

  @Test
  void messageForASessionAtAnotherReplicaGoesToItAlone() throws Exception {
    try (StompClient onB =
        new StompClient(b, "carol").at("/user/queue/x", "/user/carol/queue/x", both)) {
      await().atMost(SOON).until(() -> sessions(a, "carol").size() == 1);
      String session = sessions(a, "carol").iterator().next();
      try (StompClient onA =
              new StompClient(a, "carol").at("/user/queue/x", "/user/carol/queue/x", both);
          StompClient alsoOnB =
              new StompClient(b, "carol").at("/user/queue/x", "/user/carol/queue/x", both)) {
        SimpMessageHeaderAccessor headers =
            SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
        headers.setSessionId(session);
        headers.setLeaveMutable(true);
        a.template().convertAndSendToUser("carol", "/queue/x", "1", headers.getMessageHeaders());
        a.template().convertAndSendToUser("carol", "/queue/x", "2");
        onB.gets("1", "2");
        onA.gets("2");
        alsoOnB.gets("2");
      }
    }
  }

  @Test
  void replicaThatStopsOrDiesTakesItsUsersWithIt() throws Exception {
    StompReplica stopping = StompReplica.start("web-3", redis.url(), SETTINGS);
    StompReplica dying = StompReplica.start("web-4", redis.url(), SETTINGS);
    try (StompClient alice = new StompClient(stopping, "alice");
        StompClient bob = new StompClient(dying, "bob")) {
      await()
          .atMost(SOON)
          .until(() -> sessions(a, "alice").size() + sessions(a, "bob").size() == 2);
      assertThat(alice.session.isConnected() && bob.session.isConnected()).isTrue();
      stopping.close();
      await().atMost(SOON).until(() -> sessions(a, "alice").isEmpty());
      // Nothing is heard of it any more, as of a process that was killed.
      dying.backplane().close();
      await().atMost(SOON).until(() -> sessions(a, "bob").isEmpty());
    } finally {
      stopping.close();
      dying.close();
    }
  }

  @Test
  void whileRedisIsAwayOnesOwnSubscribersAreServedAndAfterwardsAll() throws Exception {
    try (StompClient onA = new StompClient(a, null).at("/topic/outage", both);
        StompClient onB =
            new StompClient(b, "bob").at("/user/queue/outage", "/user/bob/queue/outage", both)) {
      var unused = onB.subscribe("/topic/outage");
      redis.kill();
      await().atMost(SOON).until(() -> !a.backplane().settled() && !b.backplane().settled());
      long before = a.count("not-sent");
      long began = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        a.template().convertAndSend("/topic/outage", "away " + i);
      }
      // A hundred deadlines would be fifty seconds.
      assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
      await().atMost(SOON).until(() -> onA.received.size() == 100);
      assertThat(a.count("not-sent") - before).isEqualTo(100);
      assertThat(onA.session.isConnected() && onB.session.isConnected()).isTrue();

      redis.startAgainEmpty();
      await().atMost(SOON).until(() -> a.backplane().settled() && b.backplane().settled());
      a.template().convertAndSend("/topic/outage", "back");
      a.template().convertAndSendToUser("bob", "/queue/outage", "back, bob");
      await().atMost(SOON).until(() -> onA.received.contains("back"));
      onB.gets("back", "back, bob");
      await().atMost(SOON).until(() -> sessions(a, "bob").size() == 1);
    }
  }

  @Test
  void whatDoesNotBelongOnTheChannelsIsCountedAndDisturbsNobody() throws Exception {
    RedisClient raw = RedisClient.create(redis.url());
    try (StompClient onA =
            new StompClient(a, "alice")
                .at("/topic/news", both)
                .at("/user/queue/x", "/user/alice/queue/x", both);
        StatefulRedisConnection<String, String> connection = raw.connect()) {
      long before = a.count("malformed");
      long garbage = 0;
      for (String channel :
          List.of("destinations:{2721}", "user:{alice}", "users", "destinations:{2721}")) {
        garbage += connection.sync().publish("shared-redis:chat:messaging:" + channel, "garbage");
      }
      // The news channel is heard by both.
      assertThat(garbage).isGreaterThanOrEqualTo(4);
      await().atMost(SOON).until(() -> a.count("malformed") >= before + 4);
      b.template().convertAndSend("/topic/news", "good");
      onA.gets("good");
    } finally {
      raw.shutdown();
    }
  }

  @Test
  void metersTellWhatPassedBetweenReplicas() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    a.context().getBean("messagingMeterBinder", MeterBinder.class).bindTo(registry);
    try (StompClient onA = new StompClient(a, null).at("/topic/meters", both)) {
      String[] names = {"published", "echoes", "delivered"};
      for (String name : names) {
        assertThat(registry.get("shared-redis.messaging." + name).functionCounter().count())
            .as(name)
            .isPositive();
      }
      assertThat(registry.get("shared-redis.messaging.not-sent").functionCounter()).isNotNull();
      assertThat(registry.get("shared-redis.messaging.waiting").gauge().value()).isNotNegative();
      assertThat(onA.received).isEmpty();
    }
  }
}
