package io.sharedredis.lettuce.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.Presence.Listening;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.PresenceEvent.MemberJoined;
import io.sharedredis.hub.PresenceEvent.MemberLeft;
import io.sharedredis.hub.PresenceEvent.Missed;
import io.sharedredis.hub.PresenceEvent.UserJoined;
import io.sharedredis.hub.PresenceEvent.UserLeft;
import io.sharedredis.lettuce.presence.PresenceQuery.What;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A replica's keeper of the record, with a clock and a farm in memory. */
class PresenceKeeperTest {

  private static final PresenceTimes TIMES = PresenceTimes.DEFAULT;

  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private final InMemoryPresence farm = new InMemoryPresence(clock, TIMES.lease());

  private final class Replica implements PresenceKeeper.Local {
    final Map<String, PresenceEntry> connections = new HashMap<>();
    final List<PresenceEvent> heard = new ArrayList<>();
    final Deque<Runnable> telling = new ArrayDeque<>();
    final PresenceKeeper keeper;
    boolean slow;

    Replica(String name) {
      keeper =
          new PresenceKeeper(
              farm,
              TIMES,
              name,
              this,
              scheduler,
              task -> {
                if (slow) {
                  telling.add(task);
                } else {
                  task.run();
                }
              });
    }

    @Override
    public PresenceEntry entry(String id) {
      return connections.getOrDefault(id, PresenceEntry.gone(id));
    }

    @Override
    public Set<String> connectionIds() {
      return Set.copyOf(connections.keySet());
    }

    @Override
    public int size() {
      return connections.size();
    }

    void put(String id, String user, String... groups) {
      connections.put(id, PresenceEntry.of(id, user, Set.of(groups)));
      keeper.changed(id);
    }

    void remove(String id) {
      connections.remove(id);
      keeper.changed(id);
    }

    Listening listen() {
      return keeper.listen(heard::add);
    }
  }

  private void pass(int seconds) {
    scheduler.advance(Duration.ofSeconds(seconds));
  }

  private long count(What what) {
    return farm.count(PresenceQuery.all(what)).toCompletableFuture().join().value();
  }

  private long complete() {
    return farm.count(PresenceQuery.all(What.USERS)).toCompletableFuture().join().complete();
  }

  @Test
  void changesAreRecordedAtOnceAndTheReplicaIsCompleteWithTheNextBeat() {
    Replica a = new Replica("a");
    a.put("c1", "ann", "g");
    assertThat(count(What.CONNECTIONS)).isEqualTo(1);
    assertThat(complete()).isZero();
    pass(1);
    assertThat(complete()).isEqualTo(1);
    a.remove("c1");
    assertThat(count(What.CONNECTIONS)).isZero();
  }

  @Test
  void manyChangesDuringAnOutageAreFewCallsAfterIt() {
    Replica a = new Replica("a");
    farm.away(true);
    for (int i = 0; i < 1_000; i++) {
      a.put("c" + i, "u" + i % 10);
    }
    for (int i = 0; i < 500; i++) {
      a.remove("c" + i);
    }
    pass(60);
    farm.away(false);
    int before = farm.writes;
    pass(2);
    assertThat(count(What.CONNECTIONS)).isEqualTo(500);
    assertThat(farm.writes - before).isLessThanOrEqualTo(12);
    assertThat(complete()).isEqualTo(1);
  }

  @Test
  void notesOfALongOutageAreBounded() {
    Replica a = new Replica("a");
    a.put("stays", "ann");
    pass(2);
    farm.away(true);
    for (int i = 0; i < 250_000; i++) {
      a.keeper.changed("passed by " + i);
    }
    a.remove("stays");
    a.put("new", "bob");
    farm.away(false);
    int before = farm.writes;
    pass(20);
    assertThat(count(What.CONNECTIONS)).isEqualTo(1);
    assertThat(count(What.USERS)).isEqualTo(1);
    assertThat(farm.sizes()).containsOnlyKeys("a/1");
    assertThat(farm.writes - before).isLessThan(1_100);
  }

  @Test
  void replicaThatDiesIsGoneWithItsLeaseAndIsCleanedUpWithinSeconds() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    Listening listening = b.listen();
    for (int i = 0; i < 450; i++) {
      a.put("a" + i, "user " + i, "g");
    }
    b.put("b1", "user 1");
    pass(10);
    b.heard.clear();

    a.keeper.die();
    pass(6);
    assertThat(count(What.CONNECTIONS)).isEqualTo(1);
    pass(2);
    assertThat(farm.sizes()).containsOnlyKeys("b");
    pass(1);
    assertThat(b.heard.stream().filter(MemberLeft.class::isInstance)).hasSize(450);
    assertThat(b.heard.stream().filter(UserLeft.class::isInstance)).hasSize(449);
    assertThat(b.heard).doesNotHaveDuplicates();
    listening.close();
  }

  @Test
  void replicaThatStopsIsCleanedUpByAnother() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    a.put("c1", "ann");
    pass(10);
    a.keeper.close();
    assertThat(count(What.CONNECTIONS)).isZero();
    pass(2);
    assertThat(farm.sizes()).containsOnlyKeys("b");
    assertThat(b.connections).isEmpty();
  }

  @Test
  void everythingIsRecordedAnewWhenRedisForgotIt() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    Listening listening = b.listen();
    a.put("c1", "ann", "g");
    b.put("c2", "bob");
    pass(3);
    farm.forgetEverything();
    assertThat(count(What.CONNECTIONS)).isZero();
    pass(3);
    assertThat(count(What.CONNECTIONS)).isEqualTo(2);
    assertThat(count(What.USERS)).isEqualTo(2);
    assertThat(complete()).isEqualTo(2);
    assertThat(b.heard).contains(new Missed());
    a.put("c3", "cid");
    pass(1);
    assertThat(b.heard).contains(new UserJoined("cid"));
    listening.close();
  }

  @Test
  void outageOfAllReplicasMakesNobodyLeave() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    a.put("c1", "ann", "g");
    b.put("c2", "bob");
    Listening listening = b.listen();
    pass(10);
    b.heard.clear();
    farm.away(true);
    pass(60);
    farm.away(false);
    assertThat(count(What.CONNECTIONS)).isZero();
    pass(1);
    assertThat(count(What.CONNECTIONS)).isEqualTo(2);
    pass(20);
    assertThat(b.heard).isEmpty();
    listening.close();
  }

  @Test
  void replicaThatWasThoughtDeadBeginsAnew() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    a.put("c1", "ann");
    pass(10);
    farm.leave("a").toCompletableFuture().join();
    while (!farm.beat("b", true, 0, 0, true).toCompletableFuture().join().known()) {
      pass(1);
    }
    farm.clean("a", "b").toCompletableFuture().join();
    pass(5);
    assertThat(count(What.CONNECTIONS)).isEqualTo(1);
    assertThat(complete()).isEqualTo(2);
    assertThat(b.connections).isEmpty();
  }

  @Test
  void partThatIsMissingIsFoundAndWrittenAnew() {
    Replica a = new Replica("a");
    a.put("c1", "ann");
    a.put("c2", "bob");
    pass(10);
    farm.write("a", 1_000, List.of(PresenceEntry.gone("c1"))).toCompletableFuture().join();
    assertThat(count(What.CONNECTIONS)).isEqualTo(1);
    pass(20);
    assertThat(count(What.CONNECTIONS)).isEqualTo(2);
    assertThat(count(What.USERS)).isEqualTo(2);
  }

  @Test
  void slowListenerHearsEverythingInOrderLater() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    Listening listening = b.listen();
    pass(2);
    b.slow = true;
    for (int i = 0; i < 5; i++) {
      a.put("c" + i, "u" + i, "g");
      pass(3);
    }
    assertThat(b.telling).hasSize(1);
    b.slow = false;
    b.telling.remove().run();
    pass(2);
    assertThat(b.heard).filteredOn(UserJoined.class::isInstance).hasSize(5);
    assertThat(b.heard)
        .filteredOn(MemberJoined.class::isInstance)
        .extracting(event -> ((MemberJoined) event).connectionId())
        .containsExactly("c0", "c1", "c2", "c3", "c4");
    assertThat(b.heard).doesNotContain(new Missed());
    listening.close();
    a.put("c9", "u9");
    pass(2);
    assertThat(b.heard).doesNotContain(new UserJoined("u9"));
  }
}
