package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.Presence.Count;
import io.sharedredis.hub.Presence.Listening;
import io.sharedredis.hub.Presence.Page;
import io.sharedredis.hub.Presence.Roll;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.PresenceEvent.MemberJoined;
import io.sharedredis.hub.PresenceEvent.MemberLeft;
import io.sharedredis.hub.PresenceEvent.UserJoined;
import io.sharedredis.hub.PresenceEvent.UserLeft;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is connected to a hub on two replicas and one Redis, which has faults. */
class PresenceAcrossReplicasIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** 10,000 in the proof {@code presence}. */
  private static final int CONNECTIONS = Integer.getInteger("presence.connections", 1_000);

  private static RedisServer redis;

  private final String hub = "Test.Hub-" + UUID.randomUUID();
  private final List<PresenceReplica> replicas = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @AfterEach
  void close() {
    replicas.forEach(PresenceReplica::close);
  }

  private PresenceReplica replica() {
    PresenceReplica replica = new PresenceReplica(redis.url(), hub);
    replicas.add(replica);
    await().atMost(SOON).until(replica.backplane::settled);
    return replica;
  }

  private static Presence presence(PresenceReplica replica) {
    return replica.lifetime.presence();
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static void awaitCount(Roll roll, long expected) {
    await()
        .atMost(SOON)
        .until(
            // Redis may just be away.
            () -> done(roll.count().exceptionally(failure -> new Count(-1, true))),
            new Count(expected, false)::equals);
  }

  @Test
  void everyReplicaKnowsWhoIsConnectedAndHearsWhoComesAndGoes() {
    PresenceReplica a = replica();
    PresenceReplica b = replica();
    List<PresenceEvent> heard = new CopyOnWriteArrayList<>();
    Listening listening = presence(a).listen(heard::add);
    TestConnection one = a.connect("c1", "ann", "room");
    TestConnection two = b.connect("c2", "ann", "room", "hall");
    b.connect("c3", null, "hall");
    for (PresenceReplica replica : replicas) {
      Presence presence = presence(replica);
      awaitCount(presence.everyone(), 3);
      awaitCount(presence.user("ann"), 2);
      awaitCount(presence.group("room"), 2);
      awaitCount(presence.users(), 1);
      awaitCount(presence.groups(), 2);
      awaitCount(presence.connection("c3"), 1);
      assertThat(done(presence.connections())).isEqualTo(new Count(3, false));
      assertThat(done(presence.user("ann").isConnected())).isTrue();
      assertThat(done(presence.group("hall").page(null, 10)))
          .isEqualTo(new Page(List.of("c2", "c3"), null, false));
      assertThat(done(presence.everyone().page(null, 2)))
          .isEqualTo(new Page(List.of("c1", "c2"), "c2", false));
      assertThat(done(presence.everyone().page("c2", 2)))
          .isEqualTo(new Page(List.of("c3"), null, false));
      assertThat(done(presence.connection("c3").page(null, 2)).names()).containsExactly("c3");
    }
    b.disconnect(two);
    done(a.lifetime.removeFromGroup("c1", "room"));
    a.disconnect(one);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(heard)
                    .contains(
                        new UserJoined("ann"),
                        new MemberJoined("room", "c1", "ann"),
                        new MemberJoined("hall", "c2", "ann"),
                        new MemberJoined("hall", "c3", null),
                        new MemberLeft("hall", "c2", "ann"),
                        new MemberLeft("room", "c1", "ann"),
                        new UserLeft("ann")));
    assertThat(heard).doesNotHaveDuplicates();
    listening.close();
    awaitCount(presence(a).everyone(), 1);
    awaitCount(presence(a).users(), 0);
  }

  @Test
  void killedReplicaIsGoneWithinSecondsWithAllItsUsers() throws Exception {
    PresenceReplica a = replica();
    a.connect("c1", "user 1", "room");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PresenceReplica.class.getName(),
                redis.url(),
                hub,
                "50")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<PresenceEvent> heard = new CopyOnWriteArrayList<>();
    try {
      awaitCount(presence(a).everyone(), 51);
      awaitCount(presence(a).users(), 50);
      Listening unused = presence(a).listen(heard::add);
    } finally {
      process.destroyForcibly();
    }
    awaitCount(presence(a).everyone(), 1);
    assertThat(done(presence(a).user("user 7").isConnected())).isFalse();
    assertThat(done(presence(a).group("room").page(null, 100)).names()).containsExactly("c1");
    awaitCount(presence(a).users(), 1);
    await()
        .atMost(SOON)
        .until(() -> heard.stream().filter(UserLeft.class::isInstance).count() == 49);
    assertThat(heard).doesNotContain(new UserLeft("user 1")).doesNotHaveDuplicates();
  }

  @Test
  void recordIsWrittenAnewWhenRedisHasForgottenIt() throws Exception {
    PresenceReplica a = replica();
    PresenceReplica b = replica();
    for (int i = 0; i < 150; i++) {
      (i % 2 == 0 ? a : b).connect("c" + i, "u" + i % 10, "room");
    }
    awaitCount(presence(a).everyone(), 150);
    Replicas.admin(redis.url(), commands -> assertThat(commands.flushall()).isEqualTo("OK"));
    // Until it is written anew the answer says that it is not the whole one.
    Count after = done(presence(a).everyone().count());
    assertThat(after.value() == 150 || after.partial()).isTrue();
    awaitCount(presence(a).everyone(), 150);
    awaitCount(presence(b).group("room"), 150);
    awaitCount(presence(b).users(), 10);

    redis.kill();
    await()
        .atMost(SOON)
        .until(
            () ->
                presence(a)
                    .users()
                    .count()
                    .handle((count, failure) -> failure != null)
                    .toCompletableFuture()
                    .get(2, TimeUnit.SECONDS));
    b.connect("d1", "dora");
    redis.startAgainEmpty();
    awaitCount(presence(a).everyone(), 151);
    awaitCount(presence(a).user("dora"), 1);
    awaitCount(presence(b).users(), 11);
  }

  @Test
  void serversThatRecordNothingMakeAnswersPartial() {
    PresenceReplica a = replica();
    a.connect("c1", "ann");
    awaitCount(presence(a).users(), 1);
    try (ForeignServer dotNet = new ForeignServer(redis.url())) {
      dotNet.subscribe(hub + ":all", hub + ":user:bob");
      assertThat(done(presence(a).users().count())).isEqualTo(new Count(1, true));
      assertThat(done(presence(a).users().page(null, 5)).partial()).isTrue();
      assertThat(done(presence(a).user("bob").isConnected())).isTrue();
    }
    awaitCount(presence(a).users(), 1);
  }

  @Test
  void manyConnectionsAreCountedAndPagedWithoutAScan() {
    PresenceReplica a = replica();
    PresenceReplica b = replica();
    for (int i = 0; i < CONNECTIONS; i++) {
      (i % 2 == 0 ? a : b).connect("c%06d".formatted(i), "user %04d".formatted(i % 777));
    }
    long connected = System.nanoTime();
    awaitCount(presence(a).everyone(), CONNECTIONS);
    double recorded = millisSince(connected);
    awaitCount(presence(a).users(), Math.min(CONNECTIONS, 777));
    int times = 50;
    long begin = System.nanoTime();
    for (int i = 0; i < times; i++) {
      assertThat(done(presence(b).everyone().count())).isEqualTo(new Count(CONNECTIONS, false));
    }
    double count = millisSince(begin) / times;
    begin = System.nanoTime();
    for (int i = 0; i < times; i++) {
      assertThat(done(presence(b).everyone().page(null, 100)).names()).hasSize(100);
    }
    System.out.printf(
        "presence: %d connections recorded %.0f ms after the last one, a number %.1f ms, a page of"
            + " 100 %.1f ms%n",
        CONNECTIONS, recorded, count, millisSince(begin) / times);
    List<String> all = new ArrayList<>();
    for (Page page = done(presence(b).everyone().page(null, 300));
        ;
        page = done(presence(b).everyone().page(page.next(), 300))) {
      all.addAll(page.names());
      if (page.next() == null) {
        break;
      }
    }
    assertThat(all).hasSize(CONNECTIONS).isSorted().doesNotHaveDuplicates();
    Replicas.admin(
        redis.url(),
        commands ->
            assertThat(commands.info("commandstats"))
                .contains("cmdstat_zrangebylex")
                .doesNotContainPattern("cmdstat_([shz]?scan|keys)"));
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
