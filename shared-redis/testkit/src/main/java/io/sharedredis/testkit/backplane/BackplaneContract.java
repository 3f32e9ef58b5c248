package io.sharedredis.testkit.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.Presence;
import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a hub on two replicas promises, whatever joins the replicas. The in-memory form and the
 * Redis form inherit the same tests; most are those of ASP.NET Core's scale-out suite.
 */
public abstract class BackplaneContract {

  /** Unit: time. Far more than any backplane on one machine needs. */
  protected static final Duration SOON = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(2);

  protected static final HubProtocol ONE = new LineProtocol("one");
  protected static final HubProtocol TWO = new LineProtocol("two");

  private final String hub = "Test.Hub" + UUID.randomUUID();
  private final List<HubLifetime> lifetimes = new ArrayList<>();
  private int lastId;

  /** A further replica of the hub, joined with the earlier ones of this test. */
  protected abstract HubLifetime replica(String hub, List<HubProtocol> protocols);

  /** Full name of this test's hub. */
  protected final String hub() {
    return hub;
  }

  /** A further replica of this test's hub. */
  protected final HubLifetime replica() {
    HubLifetime lifetime = replica(hub, List.of(ONE, TWO));
    lifetimes.add(lifetime);
    return lifetime;
  }

  @AfterEach
  void closeReplicas() {
    lifetimes.forEach(HubLifetime::close);
  }

  @Test
  void messageToAllReachesConnectionsOfEveryReplicaOnce() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onA = connect(a, null, ONE);
    TestConnection onB = connect(b, null, TWO);

    done(a.send(new Recipients.All(Set.of()), call("Hello", "World")));
    // What b sends its own clients get at once, perhaps before what it has not read yet.
    expect(onB, "Hello(World)");
    done(b.send(new Recipients.All(Set.of()), call("Bye", "World")));

    expect(onA, "Hello(World)", "Bye(World)");
    expect(onB, "Hello(World)", "Bye(World)");
  }

  @Test
  void exceptedConnectionsOfAnyReplicaDoNotGetTheMessage() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection a1 = connect(a, null, ONE);
    TestConnection a2 = connect(a, null, ONE);
    TestConnection b1 = connect(b, null, ONE);
    TestConnection b2 = connect(b, null, ONE);

    Set<String> except = Set.of(a1.connectionId(), b1.connectionId());
    done(a.send(new Recipients.All(except), call("M")));
    barrier(a);

    expect(a1, "barrier()");
    expect(b1, "barrier()");
    expect(a2, "M()", "barrier()");
    expect(b2, "M()", "barrier()");
  }

  @Test
  void disconnectedConnectionGetsNothing() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection stays = connect(a, null, ONE);
    TestConnection leaves = connect(b, null, ONE);
    done(b.onDisconnected(leaves));

    done(a.send(new Recipients.All(Set.of()), call("M")));

    expect(stays, "M()");
    assertThat(leaves.received()).isEmpty();
  }

  @Test
  void messageToAConnectionReachesItOnAnotherReplica() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection one = connect(b, null, ONE);
    TestConnection other = connect(b, null, TWO);

    done(a.send(new Recipients.Connections(List.of(one.connectionId())), call("M", "1")));
    done(
        a.send(
            new Recipients.Connections(List.of(one.connectionId(), other.connectionId(), "nobody")),
            call("M", "2")));

    expect(one, "M(1)", "M(2)");
    expect(other, "M(2)");
  }

  @Test
  void messageToAGroupReachesMembersOfEveryReplica() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(a, null, ONE);
    TestConnection distant = connect(b, null, ONE);
    TestConnection stranger = connect(b, null, ONE);
    done(a.addToGroup(member.connectionId(), "g"));
    done(b.addToGroup(distant.connectionId(), "g"));

    done(a.send(group("g"), call("M", "1")));
    done(b.send(group("g"), call("M", "2")));

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(member.received()).containsExactlyInAnyOrder("M(1)", "M(2)");
              assertThat(distant.received()).containsExactlyInAnyOrder("M(1)", "M(2)");
            });
    assertThat(stranger.received()).isEmpty();
  }

  @Test
  void messageToAGroupReachesMembersFromAReplicaWithoutAny() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(a, null, ONE);
    done(a.addToGroup(member.connectionId(), "g"));

    done(b.send(group("g"), call("M")));

    expect(member, "M()");
  }

  @Test
  void exceptedMembersOfAGroupDoNotGetTheMessage() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection in = connect(a, null, ONE);
    TestConnection out = connect(a, null, ONE);
    done(a.addToGroup(in.connectionId(), "g"));
    done(a.addToGroup(out.connectionId(), "g"));

    done(b.send(new Recipients.Groups(List.of("g"), Set.of(out.connectionId())), call("M")));
    done(b.send(group("g"), call("barrier")));

    expect(in, "M()", "barrier()");
    expect(out, "barrier()");
  }

  @Test
  void memberOfTwoGroupsGetsTheMessageForEachAndEmptyNamesAreSkipped() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(a, null, ONE);
    done(a.addToGroup(member.connectionId(), "g"));
    done(a.addToGroup(member.connectionId(), "h"));

    done(b.send(new Recipients.Groups(List.of("g", "", "h"), Set.of()), call("M")));

    expect(member, "M()", "M()");
  }

  @Test
  void groupNamesAreWhatTheyAreCaseAndPatternCharactersIncluded() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection lower = connect(a, null, ONE);
    TestConnection pattern = connect(a, null, ONE);
    done(a.addToGroup(lower.connectionId(), "room"));
    done(a.addToGroup(pattern.connectionId(), "*"));

    done(b.send(group("ROOM"), call("M", "upper")));
    done(b.send(group("room"), call("M", "lower")));
    done(b.send(group("*"), call("M", "star")));

    expect(lower, "M(lower)");
    expect(pattern, "M(star)");
  }

  @Test
  void joiningTwiceMeansOneMessageAndLeavingOnceEndsIt() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(a, null, ONE);
    done(a.addToGroup(member.connectionId(), "g"));
    done(a.addToGroup(member.connectionId(), "g"));
    done(b.send(group("g"), call("M", "1")));
    expect(member, "M(1)");

    done(a.removeFromGroup(member.connectionId(), "g"));
    done(a.removeFromGroup(member.connectionId(), "g"));
    done(b.send(group("g"), call("M", "2")));
    barrier(b);

    expect(member, "M(1)", "barrier()");
  }

  @Test
  void connectionOfAnotherReplicaIsPutIntoAGroup() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(b, null, ONE);

    done(a.addToGroup(member.connectionId(), "g"));
    done(a.addToGroup(member.connectionId(), "g"));
    done(a.send(group("g"), call("M", "1")));

    expect(member, "M(1)");
  }

  @Test
  void connectionOfAnotherReplicaIsTakenOutOfAGroup() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection member = connect(b, null, ONE);
    done(b.addToGroup(member.connectionId(), "g"));

    done(a.removeFromGroup(member.connectionId(), "g"));
    done(a.removeFromGroup(member.connectionId(), "g"));
    done(a.send(group("g"), call("M", "1")));
    barrier(a);

    expect(member, "barrier()");
  }

  @Test
  void changingTheGroupsOfAnUnknownConnectionDoesNothing() {
    HubLifetime a = replica();
    replica();
    done(a.addToGroup("nobody", "g"));
    done(a.removeFromGroup("nobody", "g"));
  }

  @Test
  void disconnectedMemberHasLeftItsGroupsForTheOthers() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection leaves = connect(a, null, ONE);
    TestConnection stays = connect(a, null, ONE);
    done(a.addToGroup(leaves.connectionId(), "g"));
    done(a.addToGroup(stays.connectionId(), "g"));

    done(a.onDisconnected(leaves));
    done(b.send(group("g"), call("M")));

    expect(stays, "M()");
    assertThat(leaves.received()).isEmpty();
  }

  @Test
  void messageToAUserReachesAllItsConnections() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection one = connect(a, "ann", ONE);
    TestConnection two = connect(b, "ann", TWO);
    TestConnection other = connect(b, "bob", ONE);
    TestConnection shouting = connect(b, "ANN", ONE);

    done(b.send(new Recipients.Users(List.of("ann")), call("M", "1")));
    done(b.send(new Recipients.Users(List.of("ann", "bob")), call("M", "2")));

    expect(one, "M(1)", "M(2)");
    expect(two, "M(1)", "M(2)");
    expect(other, "M(2)");
    assertThat(shouting.received()).isEmpty();
  }

  @Test
  void userIsStillReachedAfterOneOfItsConnectionsLeft() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection leaves = connect(a, "ann", ONE);
    TestConnection stays = connect(a, "ann", ONE);
    done(a.onDisconnected(leaves));

    done(b.send(new Recipients.Users(List.of("ann")), call("M")));

    expect(stays, "M()");
  }

  @Test
  void sendsOfOneCallerArriveInOrder() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection onB = connect(b, null, ONE);
    List<String> expected = new ArrayList<>();
    List<CompletionStage<Void>> sends = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      sends.add(a.send(new Recipients.All(Set.of()), call("M", Integer.toString(i))));
      expected.add("M(" + i + ")");
    }
    sends.forEach(this::done);

    expect(onB, expected.toArray(String[]::new));
  }

  @Test
  void clientOfAnotherReplicaIsAskedAndItsAnswerComesBack() throws Exception {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, TWO);

    CompletableFuture<@Nullable Object> answer =
        a.invoke(client.connectionId(), "Ask", List.of("how many?"), Integer.class);
    Invocation question = firstCall(client);
    b.completeInvocation(client, result(TWO, question, "10"));

    assertThat(answer.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(10);
  }

  @Test
  void clientOfTheSameReplicaIsAskedToo() throws Exception {
    HubLifetime a = replica();
    TestConnection client = connect(a, null, ONE);

    CompletableFuture<@Nullable Object> answer =
        a.invoke(client.connectionId(), "Ask", List.of(), String.class);
    a.completeInvocation(client, result(ONE, firstCall(client), "yes"));

    assertThat(answer.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("yes");
  }

  @Test
  void errorOfAnAskedClientReachesTheCaller() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, ONE);

    CompletableFuture<@Nullable Object> answer =
        a.invoke(client.connectionId(), "Ask", List.of(), Integer.class);
    String id = idOf(firstCall(client));
    b.completeInvocation(client, Completion.ofError(id, "no mood"));

    assertThatThrownBy(() -> answer.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(HubException.class)
        .hasMessageContaining("no mood");
  }

  @Test
  void answerOfTheWrongTypeIsAnErrorForTheCaller() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, ONE);

    CompletableFuture<@Nullable Object> answer =
        a.invoke(client.connectionId(), "Ask", List.of(), Integer.class);
    b.completeInvocation(client, result(ONE, firstCall(client), "many"));

    assertThatThrownBy(() -> answer.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(HubException.class)
        .hasMessageContaining("Error trying to deserialize result to Int32.");
  }

  @Test
  void askingAConnectionThatIsNowhereFailsAtOnce() {
    HubLifetime a = replica();
    replica();
    assertThatThrownBy(
            () ->
                a.invoke("nobody", "Ask", List.of(), Integer.class)
                    .get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(ClientResultException.class)
        .hasMessageContaining("Connection 'nobody' does not exist.");
  }

  @Test
  void askedClientThatLeavesEndsTheCall() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, ONE);
    CompletableFuture<@Nullable Object> answer =
        a.invoke(client.connectionId(), "Ask", List.of(), Integer.class);
    firstCall(client);

    done(b.onDisconnected(client));

    assertThatThrownBy(() -> answer.get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("disconnected");
  }

  @Test
  void answerOfAnotherConnectionIsNotTaken() throws Exception {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection asked = connect(b, null, ONE);
    TestConnection forger = connect(b, null, ONE);
    CompletableFuture<@Nullable Object> answer =
        a.invoke(asked.connectionId(), "Ask", List.of(), String.class);
    Invocation question = firstCall(asked);

    assertThatThrownBy(() -> b.completeInvocation(forger, result(ONE, question, "forged")))
        .isInstanceOf(ClientResultException.class)
        .hasMessageContaining(forger.connectionId());
    b.completeInvocation(asked, result(ONE, question, "true"));

    assertThat(answer.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("true");
  }

  @Test
  void callsOfTwoReplicasToOneClientDoNotCollide() throws Exception {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, ONE);
    CompletableFuture<@Nullable Object> fromA =
        a.invoke(client.connectionId(), "A", List.of(), String.class);
    CompletableFuture<@Nullable Object> fromB =
        b.invoke(client.connectionId(), "B", List.of(), String.class);
    await().atMost(SOON).pollInterval(POLL).until(() -> client.calls().size() == 2);

    for (Invocation question : client.calls()) {
      b.completeInvocation(client, result(ONE, question, "for " + question.target()));
    }

    assertThat(fromA.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("for A");
    assertThat(fromB.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("for B");
  }

  @Test
  void answerToACancelledCallIsDroppedSilently() throws Exception {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, null, ONE);
    CompletableFuture<@Nullable Object> given =
        a.invoke(client.connectionId(), "Ask", List.of(), String.class);
    Invocation first = firstCall(client);
    given.cancel(false);
    b.completeInvocation(client, result(ONE, first, "late"));

    CompletableFuture<@Nullable Object> next =
        a.invoke(client.connectionId(), "Ask", List.of(), String.class);
    await().atMost(SOON).pollInterval(POLL).until(() -> client.calls().size() == 2);
    b.completeInvocation(client, result(ONE, client.calls().get(1), "in time"));

    assertThat(next.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("in time");
  }

  @Test
  void presenceIsKnownOnEveryReplicaAndEndsWithTheConnection() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection client = connect(b, "ann", ONE);
    done(b.addToGroup(client.connectionId(), "g"));

    for (HubLifetime lifetime : List.of(a, b)) {
      Presence presence = lifetime.presence();
      assertThat(is(presence.user("ann"))).isTrue();
      assertThat(is(presence.user("ANN"))).isFalse();
      assertThat(is(presence.group("g"))).isTrue();
      assertThat(is(presence.connection(client.connectionId()))).isTrue();
    }

    done(b.onDisconnected(client));
    for (HubLifetime lifetime : List.of(a, b)) {
      Presence presence = lifetime.presence();
      await()
          .atMost(SOON)
          .pollInterval(POLL)
          .until(() -> !is(presence.user("ann")) && !is(presence.connection("nobody")));
      assertThat(is(presence.group("g"))).isFalse();
      assertThat(is(presence.connection(client.connectionId()))).isFalse();
    }
  }

  @Test
  void connectionsOfAllReplicasAreCounted() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    connect(a, null, ONE);
    connect(b, null, ONE);
    connect(b, null, ONE);

    for (HubLifetime lifetime : List.of(a, b)) {
      await()
          .atMost(SOON)
          .pollInterval(POLL)
          .until(
              () -> {
                passTime();
                return lifetime.presence().connections().toCompletableFuture().join();
              },
              new Presence.Count(3, false)::equals);
    }
  }

  private static boolean is(Presence.Subject subject) {
    return subject.isConnected().toCompletableFuture().join();
  }

  /** A new connection of that replica, taken up. */
  protected final TestConnection connect(
      HubLifetime lifetime, @Nullable String user, HubProtocol protocol) {
    TestConnection connection =
        new TestConnection("connection-" + ++lastId + "-" + hub, user, protocol);
    done(lifetime.onConnected(connection));
    return connection;
  }

  /** Everything sent before has arrived where this has, on the channel for all. */
  protected final void barrier(HubLifetime lifetime) {
    done(lifetime.send(new Recipients.All(Set.of()), call("barrier")));
  }

  protected static Recipients group(String name) {
    return new Recipients.Groups(List.of(name), Set.of());
  }

  protected static Invocation call(String target, String... arguments) {
    return Invocation.of(null, target, List.of(arguments));
  }

  protected static void expect(TestConnection connection, String... calls) {
    await()
        .atMost(SOON)
        .pollInterval(POLL)
        .untilAsserted(() -> assertThat(connection.received()).containsExactly(calls));
  }

  /** Waits for a stage that succeeds. */
  protected final void done(CompletionStage<Void> stage) {
    CompletableFuture<Void> future = stage.toCompletableFuture();
    await()
        .atMost(SOON)
        .pollInterval(POLL)
        .until(
            () -> {
              if (!future.isDone()) {
                passTime();
              }
              return future.isDone();
            });
    assertThat(future).isCompleted();
  }

  /** Called while a test waits; forms whose clock stands still move it a little. */
  protected void passTime() {}

  private static Invocation firstCall(TestConnection connection) {
    await().atMost(SOON).pollInterval(POLL).until(() -> !connection.calls().isEmpty());
    return connection.calls().get(0);
  }

  private static Completion result(HubProtocol protocol, Invocation question, String value) {
    byte[] line = protocol.write(Completion.ofResult(idOf(question), value));
    byte[] frame = protocol.nextFrame(ByteBuffer.wrap(line), Integer.MAX_VALUE);
    if (frame == null || !(protocol.read(frame) instanceof Completion completion)) {
      throw new AssertionError("the protocol does not read what it wrote");
    }
    return completion;
  }

  private static String idOf(Invocation question) {
    String id = question.invocationId();
    if (id == null) {
      throw new AssertionError("the call wants no answer");
    }
    return id;
  }
}
