package io.sharedredis.lettuce.backplane;

import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.Presence.Count;
import io.sharedredis.hub.Presence.Roll;
import io.sharedredis.testkit.RedisSentinel;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The record of who is connected is exact again when Redis' master changes. */
class PresenceFailoverIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final String hub = "Test.Hub-" + UUID.randomUUID();

  @Test
  void presenceIsExactAgainAfterAMasterIsReplaced() {
    try (RedisSentinel redis = RedisSentinel.start();
        PresenceReplica a = new PresenceReplica(redis.url(), hub);
        PresenceReplica b = new PresenceReplica(redis.url(), hub)) {
      a.connect("a1", "ann", "room");
      TestConnection leaving = b.connect("b1", "bob", "room");
      awaitEverybody(a, b, 2);
      redis.failOver();
      b.connect("b2", "carl", "room");
      b.disconnect(leaving);
      a.connect("a2", "dora", "room");
      awaitEverybody(a, b, 3);
      awaitCount(a.lifetime.presence().user("bob"), 0);
    }
  }

  private static void awaitEverybody(PresenceReplica a, PresenceReplica b, long expected) {
    for (PresenceReplica replica : new PresenceReplica[] {a, b}) {
      awaitCount(replica.lifetime.presence().everyone(), expected);
      awaitCount(replica.lifetime.presence().group("room"), expected);
      awaitCount(replica.lifetime.presence().users(), expected);
    }
  }

  private static void awaitCount(Roll roll, long expected) {
    await()
        .atMost(SOON)
        .until(
            // Redis may just be away.
            () ->
                roll.count()
                    .exceptionally(failure -> new Count(-1, true))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS),
            new Count(expected, false)::equals);
  }
}
