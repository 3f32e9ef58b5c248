package io.sharedredis.testkit.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What reliable messages promise on top of {@link BackplaneContract}: each once, in one order for
 * everybody, also where a replica heard nothing for a while.
 */
public abstract class ReliableContract extends BackplaneContract {

  /** Messages kept for each channel in this test; a form may keep a few more. */
  protected static final int HISTORY = 300;

  /** More than any form keeps. */
  private static final int TOO_MANY = 900;

  /** Makes a replica deaf on one channel without its knowledge; returns when it is. */
  protected abstract void deafen(HubLifetime replica, String channel);

  /** Breaks the connection of a replica that listens; it opens another. */
  protected abstract void reconnect(HubLifetime replica);

  /** A counter of a replica. */
  protected abstract long count(HubLifetime replica, String meter);

  @Test
  void reliableMessagesReachEveryReplicaOnceInTheOrderOfTheCalls() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onA = member(a, "g", null);
    TestConnection onB = member(b, "g", null);

    sendAll(a, "g", 1, 500);

    expect(onA, numbers(1, 500));
    expect(onB, numbers(1, 500));
    assertThat(count(a, "reliable-published")).isEqualTo(500);
  }

  @Test
  void everyKindOfRecipientIsReachedReliably() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection here = connect(a, "ann", ONE);
    TestConnection there = connect(b, "ann", TWO);
    TestConnection other = connect(b, null, ONE);

    done(a.sendReliably(new Recipients.All(Set.of(other.connectionId())), call("All"), null));
    done(a.sendReliably(new Recipients.Users(List.of("ann")), call("User"), null));
    done(
        a.sendReliably(
            new Recipients.Connections(List.of(there.connectionId(), here.connectionId())),
            call("Connection"),
            null));

    for (TestConnection connection : List.of(here, there)) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(connection.received())
                      .containsExactlyInAnyOrder("All()", "User()", "Connection()"));
    }
    assertThat(other.received()).isEmpty();
  }

  @Test
  void whatADeafReplicaMissedComesFromTheHistoryOnceItHearsAgain() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onB = member(b, "g", null);
    sendAll(a, "g", 1, 10);
    expect(onB, numbers(1, 10));
    deafen(b, groupChannel("g"));

    sendAll(a, "g", 11, 200);
    reconnect(b);

    expect(onB, numbers(1, 200));
    assertThat(count(b, "reliable-filled")).isEqualTo(190);
    assertThat(count(b, "gaps-lost")).isZero();
  }

  @Test
  void theFirstMessageOfAChannelIsFilledToo() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onB = member(b, "g", null);
    deafen(b, groupChannel("g"));

    sendAll(a, "g", 1, 1);
    reconnect(b);

    expect(onB, numbers(1, 1));
  }

  @Test
  void whatCannotBeFilledIsReportedAndTheRestComes() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    List<ReliableGap> gaps = new CopyOnWriteArrayList<>();
    b.onGap(gaps::add);
    TestConnection onB = member(b, "g", null);
    sendAll(a, "g", 1, 10);
    expect(onB, numbers(1, 10));
    deafen(b, groupChannel("g"));

    sendAll(a, "g", 11, TOO_MANY);
    reconnect(b);
    await().atMost(SOON).until(() -> onB.received().contains("N(" + TOO_MANY + ")"));

    assertThat(gaps).hasSize(1);
    assertThat(gaps.get(0).audience()).isEqualTo(ReliableGap.Audience.GROUP);
    assertThat(gaps.get(0).name()).isEqualTo("g");
    assertThat(gaps.get(0).reason()).isEqualTo(ReliableGap.Reason.HISTORY_TOO_SHORT);
    assertThat(gaps.get(0).missing()).isPositive();
    int first = 11 + (int) gaps.get(0).missing();
    List<String> expected = new ArrayList<>(List.of(numbers(1, 10)));
    expected.addAll(List.of(numbers(first, TOO_MANY)));
    assertThat(onB.received()).containsExactlyElementsOf(expected);
    assertThat(TOO_MANY - first + 1).isGreaterThanOrEqualTo(HISTORY);
    assertThat(count(b, "gaps-lost")).isOne();
  }

  @Test
  void whoJoinsLaterBeginsAtThePresentEnd() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    sendAll(a, "g", 1, 3);
    TestConnection late = member(b, "g", null);

    sendAll(a, "g", 4, 5);

    // The nodes of a cluster may still be passing on the first ones when it joins.
    await().atMost(SOON).untilAsserted(() -> assertThat(late.received()).endsWith(numbers(4, 5)));
    assertThat(count(b, "reliable-filled")).as("taken from the history").isZero();
  }

  @Test
  void aCallRepeatedUnderItsKeyIsKeptOnce() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onB = member(b, "g", null);

    done(a.sendReliably(group("g"), call("N", "1"), "order-1"));
    done(a.sendReliably(group("g"), call("N", "again"), "order-1"));
    done(b.sendReliably(group("g"), call("N", "elsewhere"), "order-1"));
    done(b.sendReliably(group("g"), call("N", "2"), "order-2"));

    expect(onB, numbers(1, 2));
  }

  @Test
  void plainMessagesAfterReliableOnesArriveAfterThemOnTheSameReplicaToo() {
    HubLifetime a = replica();
    TestConnection here = member(a, "g", null);
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      String number = Integer.toString(i);
      done(
          i % 3 == 0
              ? a.send(group("g"), call("N", number))
              : a.sendReliably(group("g"), call("N", number), null));
      expected.add("N(" + i + ")");
    }
    expect(here, expected.toArray(String[]::new));
  }

  @Test
  void messagesOfTwoPublishersHaveOneOrderForEverybody() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onA = member(a, "g", null);
    TestConnection onB = member(b, "g", null);
    List<CompletionStage<Void>> sends = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      HubLifetime from = i % 2 == 0 ? a : b;
      sends.add(from.sendReliably(group("g"), call("N", Integer.toString(i)), null));
    }
    done(all(sends));

    await().atMost(SOON).until(() -> onA.received().size() == 200 && onB.received().size() == 200);
    assertThat(onA.received()).isEqualTo(onB.received()).doesNotHaveDuplicates();
  }

  /** A connection in a group. */
  protected final TestConnection member(HubLifetime replica, String group, @Nullable String user) {
    TestConnection connection = connect(replica, user, ONE);
    done(replica.addToGroup(connection.connectionId(), group));
    return connection;
  }

  private void sendAll(HubLifetime from, String group, int first, int last) {
    List<CompletionStage<Void>> sends = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      sends.add(from.sendReliably(group(group), call("N", Integer.toString(i)), null));
    }
    done(all(sends));
  }

  private static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
    return CompletableFuture.allOf(
        stages.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture[]::new));
  }

  private String groupChannel(String group) {
    return hub() + ":group:" + group;
  }

  private static String[] numbers(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> "N(" + i + ")").toArray(String[]::new);
  }
}
