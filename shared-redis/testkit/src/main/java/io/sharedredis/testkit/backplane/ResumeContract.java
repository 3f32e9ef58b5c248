package io.sharedredis.testkit.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What clients with a resume id are promised on top of {@link ReliableContract}: wherever they come
 * back they get what they missed, in order and without a gap, and little of it twice. A client that
 * is lost here is noticed by nobody, as when its replica is killed.
 */
public abstract class ResumeContract extends ReliableContract {

  /** Fewer than the history holds: some lives are shorter than it takes to note any place. */
  private static final int LOAD = 240;

  private final String id = UUID.randomUUID().toString();

  @Test
  void whatAClientMissesWhileItIsAwayComesWhereverItIsBack() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection before = come(a, "ann", id);
    toAll(a, 1, 10);
    toUser(b, "ann", 11, 20);
    await().atMost(SOON).until(() -> before.received().size() == 20);
    before.lose();

    toAll(b, 21, 30);
    toUser(a, "ann", 31, 40);
    TestConnection after = come(b, "ann", id);
    toAll(a, 41, 50);

    await().atMost(SOON).until(() -> all(before, after, 21, 30, 41, 50));
    await().atMost(SOON).until(() -> all(before, after, 31, 40));
    List<Integer> toAll = numbers(after).stream().filter(n -> n < 11 || n > 20).toList();
    assertThat(toAll.stream().filter(n -> n <= 30 || n > 40).toList()).isSorted();
    assertThat(numbers(after)).doesNotHaveDuplicates();
  }

  @Test
  void whoIsGoneAgainBeforeAnythingCameComesBackToWhereItBegan() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection other = connect(a, null, ONE);
    toAll(a, 1, 5);
    expect(other, calls(1, 5));
    come(a, null, id).lose();

    toAll(a, 6, 10);
    TestConnection after = come(b, null, id);

    expect(after, calls(6, 10));
  }

  @Test
  void groupsGoOnWhereTheyWereWhenTheClientIsAddedAgain() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection before = come(a, "ann", id);
    done(a.addToGroup(before.connectionId(), "g"));
    before.lose();

    toGroup(a, "g", 1, 10);
    TestConnection after = come(b, "ann", id);
    barrier(b);
    assertThat(after.received()).doesNotContain(calls(1, 10));
    done(b.addToGroup(after.connectionId(), "g"));
    toGroup(a, "g", 11, 15);

    await().atMost(SOON).until(() -> after.received().contains("N(15)"));
    assertThat(after.received().stream().filter(call -> !call.equals("barrier()")))
        .containsExactly(calls(1, 15));
  }

  @Test
  void whoLeftAGroupBeginsAnewThere() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection other = member(b, "g", null);
    TestConnection before = come(a, "ann", id);
    done(a.addToGroup(before.connectionId(), "g"));
    done(a.removeFromGroup(before.connectionId(), "g"));

    toGroup(a, "g", 1, 10);
    expect(other, calls(1, 10));
    // A barrier for what was written last.
    come(a, "bob", UUID.randomUUID().toString());
    before.lose();
    TestConnection after = come(b, "ann", id);
    done(b.addToGroup(after.connectionId(), "g"));
    toGroup(a, "g", 11, 15);

    expect(after, calls(11, 15));
  }

  @Test
  void theIdOfAnotherUserIsAnother() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection other = connect(b, null, ONE);
    TestConnection ann = come(a, "ann", id);
    ann.lose();

    toAll(a, 1, 10);
    // Whoever comes to a replica before a message does gets it like all who are there.
    expect(other, calls(1, 10));
    TestConnection eve = come(b, "eve", id);
    TestConnection nobody = come(b, null, id);
    TestConnection back = come(b, "ann", id);
    toAll(a, 11, 12);

    expect(eve, calls(11, 12));
    expect(nobody, calls(11, 12));
    expect(back, calls(1, 12));
  }

  @Test
  void twoConnectionsWithOneIdBothListenAndTheLaterWrites() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection first = come(a, "ann", id);
    TestConnection second = come(b, "ann", id);

    toAll(a, 1, 10);
    expect(first, calls(1, 10));
    expect(second, calls(1, 10));
    second.lose();
    toAll(a, 11, 20);
    expect(first, calls(1, 20));
    TestConnection third = come(a, "ann", id);

    await().atMost(SOON).until(() -> all(second, third, 11, 20));
  }

  @Test
  void whatTheClientSentToOthersDoesNotComeBackToIt() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection before = come(a, null, id);

    done(a.sendReliably(new Recipients.All(Set.of(before.connectionId())), call("N", "1"), null));
    before.lose();
    toAll(a, 2, 3);
    TestConnection after = come(b, null, id);

    expect(after, calls(2, 3));
  }

  @Test
  void whatIsOlderThanTheHistoryIsReportedAndTheRestComes() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    List<ReliableGap> gaps = new CopyOnWriteArrayList<>();
    b.onGap(gaps::add);
    TestConnection before = come(a, null, id);
    toAll(a, 1, 2);
    expect(before, calls(1, 2));
    before.lose();

    toAll(a, 3, 3 * HISTORY);
    TestConnection after = come(b, null, id);
    await().atMost(SOON).until(() -> numbers(after).contains(3 * HISTORY));

    assertThat(gaps).hasSize(1);
    assertThat(gaps.get(0).audience()).isEqualTo(ReliableGap.Audience.ALL);
    assertThat(gaps.get(0).reason()).isEqualTo(ReliableGap.Reason.HISTORY_TOO_SHORT);
    assertThat(gaps.get(0).missing()).isNotZero();
    int first = numbers(after).get(0);
    assertThat(first).isGreaterThan(3);
    expect(after, calls(first, 3 * HISTORY));
  }

  @Test
  void clientsThatComeAndGoUnderLoadDropRepeatsByTheirPlaces() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    List<TestConnection> lives = new ArrayList<>();
    List<CompletionStage<Void>> sends = new ArrayList<>();
    for (int i = 1; i <= LOAD; i++) {
      if (i % 30 == 1) {
        lives.forEach(TestConnection::lose);
        lives.add(come(i % 60 == 1 ? a : b, "ann", Map.of("resume", id, "places", "1")));
      }
      sends.add(
          (i % 2 == 0 ? a : b)
              .sendReliably(new Recipients.All(Set.of()), call("N", Integer.toString(i)), null));
    }
    sends.forEach(this::done);

    TestConnection last = lives.get(lives.size() - 1);
    await().atMost(SOON).until(() -> numbers(last).contains(LOAD));
    List<List<Integer>> each = lives.stream().map(ResumeContract::numbers).toList();
    Map<String, Integer> places = new HashMap<>();
    int repeated = 0;
    for (TestConnection life : lives) {
      for (var call : life.calls()) {
        List<String> arguments = TestConnection.text(call);
        assertThat(arguments).hasSize(2);
        assertThat(arguments.get(1)).matches("\\{offset=\\d+, epoch=\\d+, channel=[\\w-]{22}}");
        Integer other = places.put(arguments.get(1), Integer.valueOf(arguments.get(0)));
        assertThat(other == null ? arguments.get(0) : other.toString()).isEqualTo(arguments.get(0));
        repeated += other == null ? 0 : 1;
      }
    }
    assertThat(places.values())
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, LOAD).boxed().toList());
    assertThat(each).allSatisfy(numbers -> assertThat(numbers).doesNotHaveDuplicates());
    System.out.printf(
        "resumed %d times, %d of %d messages repeated%n", lives.size(), repeated, LOAD);
  }

  @Test
  void aConnectionThatMovesHasEverythingOnceAlsoWhereItsOwnerIsBehind() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    moves(a, b, a);
  }

  @Test
  void aConnectionThatMovesHasEverythingOnceAlsoWhereItsTakerIsBehind() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    moves(a, b, b);
  }

  /**
   * @param deaf hears nothing of a group from before the mark until after the move
   */
  private void moves(HubLifetime a, HubLifetime b, HubLifetime deaf) {
    TestConnection there = new TestConnection(id, "ann", ONE).movable();
    done(a.onConnected(there));
    done(a.addToGroup(id, "g"));
    toGroup(b, "g", 1, 10);
    expect(there, calls(1, 10));
    TestConnection here = new TestConnection(id, "ann", ONE).moving(true);
    TestConnection unused = there.moving(true);
    done(b.onArriving(here, Set.of("g")));
    deafen(deaf, hub() + ":group:g");
    toGroup(b, "g", 11, 20);

    byte[] places = Objects.requireNonNull(a.depart(there));
    b.cut(here);
    done(a.onDisconnected(there));
    toGroup(a, "g", 21, 30);
    assertThat(here.received()).isEmpty();
    assertThat(places).isNotEmpty();
    here.moving(false);
    b.settle(here, places);
    done(a.sendReliably(new Recipients.Connections(List.of(id)), call("C"), null));
    reconnect(deaf);
    toGroup(a, "g", 31, 40);

    await()
        .atMost(SOON)
        .until(() -> here.received().contains("C()") && here.received().contains("N(40)"));
    List<String> both = new ArrayList<>(there.received());
    both.addAll(here.received());
    assertThat(both.stream().filter(call -> !call.equals("C()"))).containsExactly(calls(1, 40));
    assertThat(both).containsOnlyOnce("C()");
    joinsAndMovesAgain(b, a, here);
  }

  /** Where it has come to, groups are joined and heard as everywhere, and it may go on. */
  private void joinsAndMovesAgain(HubLifetime from, HubLifetime to, TestConnection there) {
    int before = there.received().size();
    done(from.addToGroup(id, "h"));
    toGroup(to, "h", 41, 50);
    await().atMost(SOON).until(() -> there.received().size() == before + 10);
    TestConnection here = new TestConnection(id, "ann", ONE).moving(true);
    TestConnection unused = there.moving(true);
    done(to.onArriving(here, Set.of("g", "h")));
    toGroup(from, "h", 51, 60);

    byte[] places = Objects.requireNonNull(from.depart(there));
    to.cut(here);
    done(from.onDisconnected(there));
    here.moving(false);
    to.settle(here, places);
    toGroup(from, "h", 61, 70);

    await().atMost(SOON).until(() -> here.received().contains("N(70)"));
    List<String> both = new ArrayList<>(there.received());
    both.addAll(here.received());
    assertThat(both.subList(before, both.size())).containsExactly(calls(41, 70));
  }

  protected final TestConnection come(HubLifetime replica, @Nullable String user, String resume) {
    return come(replica, user, Map.of("resume", resume));
  }

  private TestConnection come(
      HubLifetime replica, @Nullable String user, Map<String, String> query) {
    TestConnection connection = new TestConnection(UUID.randomUUID().toString(), user, ONE, query);
    done(replica.onConnected(connection));
    return connection;
  }

  protected final void toAll(HubLifetime from, int first, int last) {
    send(from, new Recipients.All(Set.of()), first, last);
  }

  private void toUser(HubLifetime from, String user, int first, int last) {
    send(from, new Recipients.Users(List.of(user)), first, last);
  }

  protected final void toGroup(HubLifetime from, String group, int first, int last) {
    send(from, group(group), first, last);
  }

  private void send(HubLifetime from, Recipients whom, int first, int last) {
    done(
        CompletableFuture.allOf(
            IntStream.rangeClosed(first, last)
                .mapToObj(i -> from.sendReliably(whom, call("N", Integer.toString(i)), null))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new)));
  }

  /** Whether the two lives of a client have had all of some ranges between them. */
  private static boolean all(TestConnection before, TestConnection after, int... ranges) {
    List<Integer> had = new ArrayList<>(numbers(before));
    had.addAll(numbers(after));
    boolean all = true;
    for (int i = 0; i < ranges.length; i += 2) {
      all &= had.containsAll(IntStream.rangeClosed(ranges[i], ranges[i + 1]).boxed().toList());
    }
    return all;
  }

  private static List<Integer> numbers(TestConnection connection) {
    return connection.calls().stream()
        .map(call -> Integer.valueOf(TestConnection.text(call).get(0)))
        .toList();
  }

  protected static String[] calls(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> "N(" + i + ")").toArray(String[]::new);
  }
}
