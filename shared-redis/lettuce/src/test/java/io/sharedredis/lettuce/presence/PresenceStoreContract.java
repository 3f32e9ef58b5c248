package io.sharedredis.lettuce.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.Presence.Page;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.PresenceEvent.MemberJoined;
import io.sharedredis.hub.PresenceEvent.MemberLeft;
import io.sharedredis.hub.PresenceEvent.UserJoined;
import io.sharedredis.hub.PresenceEvent.UserLeft;
import io.sharedredis.hub.lifetime.Pages;
import io.sharedredis.lettuce.presence.PresenceQuery.What;
import io.sharedredis.lettuce.presence.PresenceStore.Beat;
import io.sharedredis.lettuce.presence.PresenceStore.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the record of presence promises, in memory and in Redis, whatever its topology. */
abstract class PresenceStoreContract {

  private final String hub = "Test.Hub-" + UUID.randomUUID();
  private PresenceStore store;
  private long number;

  /** The record of a hub, whose leases last at least a minute. */
  abstract PresenceStore store(String hub);

  @BeforeEach
  void open() {
    store = store(hub);
  }

  @Test
  void connectionsUsersAndMembersOfAllReplicasAreCounted() {
    enter("a", "b");
    write("a", entry("c1", "ann", "g", "h"), entry("c2", "ann", "g"), entry("c3", null));
    write("b", entry("c4", "ann"), entry("c5", "bob", "g"));
    assertThat(count(What.CONNECTIONS, "")).isEqualTo(5);
    assertThat(count(What.USER, "ann")).isEqualTo(3);
    assertThat(count(What.USER, "ANN")).isZero();
    assertThat(count(What.GROUP, "g")).isEqualTo(3);
    assertThat(count(What.USERS, "")).isEqualTo(2);
    assertThat(count(What.GROUPS, "")).isEqualTo(2);
    assertThat(count(What.CONNECTION, "c4")).isEqualTo(1);
    assertThat(count(What.CONNECTION, "c9")).isZero();

    write("a", gone("c1"), entry("c2", "ann", "other"));
    write("a", gone("c1"), gone("never there"));
    assertThat(count(What.CONNECTIONS, "")).isEqualTo(4);
    assertThat(count(What.GROUP, "g")).isEqualTo(1);
    assertThat(count(What.GROUP, "h")).isZero();
    assertThat(names(What.GROUPS, "")).containsExactly("g", "other");
    assertThat(names(What.USER, "ann")).containsExactly("c2", "c4");
  }

  @Test
  void pagesFollowEachOtherAcrossReplicas() {
    enter("a", "b");
    List<PresenceEntry> odd = new ArrayList<>();
    List<PresenceEntry> even = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String id = "c%03dü😀".formatted(i);
      all.add(id);
      (i % 2 == 0 ? even : odd).add(entry(id, "user " + i % 20, "g"));
    }
    write("a", odd.toArray(PresenceEntry[]::new));
    write("b", even.toArray(PresenceEntry[]::new));
    assertThat(names(What.CONNECTIONS, "")).isEqualTo(all);
    assertThat(names(What.GROUP, "g")).isEqualTo(all);
    assertThat(names(What.USERS, "")).hasSize(20).isSorted();
  }

  @Test
  void usersJoinWithTheFirstConnectionAndLeaveWithTheLastOnAnyReplica() {
    enter("a", "b");
    write("a", entry("c1", "ann"));
    write("b", entry("c2", "ann"));
    write("a", gone("c1"));
    assertThat(events()).containsExactly(new UserJoined("ann"));
    write("b", gone("c2"));
    write("b", entry("c3", null), gone("c3"));
    assertThat(events()).containsExactly(new UserJoined("ann"), new UserLeft("ann"));
  }

  @Test
  void membersJoinAndLeaveOnceHoweverOftenTheyAreWritten() {
    enter("a");
    write("a", entry("c1", "ann", "g"));
    write("a", entry("c1", "ann", "g"));
    write("a", entry("c1", "ann", "g", "h"));
    write("a", entry("c1", "ann", "h"));
    write("a", gone("c1"));
    write("a", gone("c1"));
    assertThat(events())
        .containsExactly(
            new UserJoined("ann"),
            new MemberJoined("g", "c1", "ann"),
            new MemberJoined("h", "c1", "ann"),
            new MemberLeft("g", "c1", "ann"),
            new MemberLeft("h", "c1", "ann"),
            new UserLeft("ann"));
    List<Long> numbers = told().stream().map(Told::number).toList();
    for (int i = 1; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
    }
  }

  @Test
  void connectionThatMovesNeitherLeavesNorJoins() {
    enter("a", "b");
    write("a", entry("c1", "ann", "g"));
    int before = events().size();
    write("b", entry("c1", "ann", "g"));
    write("a", gone("c1"));
    assertThat(events()).hasSize(before);
    assertThat(count(What.CONNECTIONS, "")).isEqualTo(1);
    assertThat(names(What.GROUP, "g")).containsExactly("c1");
  }

  @Test
  void callThatComesLateDoesNothing() {
    enter("a");
    assertThat(done(store.write("a", 7, List.of(entry("c1", "ann"))))).isTrue();
    assertThat(done(store.write("a", 6, List.of(gone("c1"))))).isTrue();
    assertThat(done(store.write("a", 7, List.of(gone("c1"))))).isTrue();
    assertThat(count(What.CONNECTIONS, "")).isEqualTo(1);
  }

  @Test
  void whatIsNotEnteredIsUnknown() {
    assertThat(done(store.write("a", 1, List.of(entry("c1", "ann"))))).isFalse();
    assertThat(done(store.beat("a", true, 0, 10, true)).known()).isFalse();
    assertThat(count(What.CONNECTIONS, "")).isZero();
  }

  @Test
  void deadReplicaVanishesFromAnswersWithItsLeaseAndIsCleanedUpByOneClaimant() {
    enter("a", "b", "c");
    List<PresenceEntry> many = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      many.add(entry("c%03d".formatted(i), "user " + i, "g"));
    }
    write("a", many.toArray(PresenceEntry[]::new));
    write("b", entry("d1", "user 1", "g"));
    long before = told().size();
    done(store.leave("a"));

    assertThat(count(What.CONNECTIONS, "")).isEqualTo(1);
    assertThat(count(What.GROUP, "g")).isEqualTo(1);
    assertThat(count(What.USER, "user 7")).isZero();
    assertThat(names(What.CONNECTIONS, "")).containsExactly("d1");
    assertThat(names(What.USERS, "")).containsExactly("user 1");
    assertThat(done(store.count(PresenceQuery.all(What.USERS))).settling()).isTrue();

    assertThat(done(store.beat("c", true, 0, 0, false)).dead()).isNull();
    assertThat(done(store.beat("b", true, 0, 0, true)).dead()).isEqualTo("a");
    assertThat(done(store.beat("c", true, 0, 0, true)).dead()).isNull();
    assertThat(done(store.clean("a", "c"))).isFalse();
    int steps = 1;
    while (done(store.clean("a", "b"))) {
      assertThat(done(store.write("a", 99, List.of()))).isFalse();
      steps++;
    }
    assertThat(steps).isEqualTo(3);
    assertThat(done(store.beat("c", true, 0, 0, true)).dead()).isNull();
    assertThat(done(store.count(PresenceQuery.all(What.USERS))))
        .isEqualTo(new PresenceStore.Tally(1, 2, false));
    List<PresenceEvent> after = told().stream().skip(before).map(Told::event).toList();
    assertThat(after.stream().filter(MemberLeft.class::isInstance))
        .hasSize(450)
        .doesNotHaveDuplicates();
    assertThat(after.stream().filter(UserLeft.class::isInstance))
        .hasSize(449)
        .doesNotHaveDuplicates();
  }

  @Test
  void leaseThatIsRenewedInTimeIsNotCleanedUp() {
    enter("a", "b");
    write("a", entry("c1", "ann"));
    done(store.leave("a"));
    assertThat(done(store.beat("b", true, 0, 0, true)).dead()).isEqualTo("a");
    assertThat(done(store.beat("a", true, 0, 0, true)).known()).isTrue();
    assertThat(done(store.clean("a", "b"))).isFalse();
    assertThat(count(What.CONNECTIONS, "")).isEqualTo(1);
  }

  @Test
  void onlyReplicasThatHaveRecordedEverythingAreComplete() {
    enter("a", "b");
    assertThat(done(store.count(PresenceQuery.all(What.CONNECTIONS))).complete()).isZero();
    Beat beat = done(store.beat("a", true, 0, 0, true));
    assertThat(beat.recorded()).isZero();
    assertThat(done(store.count(PresenceQuery.all(What.CONNECTIONS))).complete()).isEqualTo(1);
    assertThat(done(store.page(PresenceQuery.all(What.USERS), null, 5)).complete()).isEqualTo(1);
  }

  @Test
  void namesAreWhatTheyAre() {
    enter("a");
    for (String name :
        List.of("*", "[a]", "a:b", "+x", "-", "with blank", "{brace}", "line\nbreak")) {
      write("a", entry("id of " + name, name, name));
      assertThat(names(What.USER, name)).containsExactly("id of " + name);
      assertThat(names(What.GROUP, name)).containsExactly("id of " + name);
    }
    assertThat(names(What.USERS, "")).hasSize(8);
    assertThat(events()).contains(new MemberJoined("-", "id of -", "-"));
  }

  final void enter(String... names) {
    for (String name : names) {
      assertThat(done(store.enter(name))).isNotNegative();
    }
  }

  final void write(String inventory, PresenceEntry... entries) {
    assertThat(done(store.write(inventory, ++number, List.of(entries)))).isTrue();
  }

  final long count(What what, String name) {
    return done(store.count(new PresenceQuery(what, name))).value();
  }

  /** All of them, seven at a time. */
  private List<String> names(What what, String name) {
    List<String> names = new ArrayList<>();
    String after = null;
    do {
      PresenceStore.Sheet sheet = done(store.page(new PresenceQuery(what, name), after, 8));
      Page page = Pages.of(sheet.lists(), after, 7, false);
      names.addAll(page.names());
      after = page.next() == null ? sheet.until() : page.next();
    } while (after != null);
    return names;
  }

  private List<PresenceEvent> events() {
    return told().stream().map(Told::event).toList();
  }

  private List<Told> told() {
    String reader = "reader-" + UUID.randomUUID();
    enter(reader);
    return done(store.beat(reader, false, 0, 10_000, false)).events();
  }

  static PresenceEntry entry(String id, String user, String... groups) {
    return PresenceEntry.of(id, user, Set.of(groups));
  }

  static PresenceEntry gone(String id) {
    return PresenceEntry.gone(id);
  }

  static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** For forms that want to look at keys. */
  final String hub() {
    return hub;
  }
}
