package io.sharedredis.lettuce.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final byte[] NOTHING = {};
  private static final TokenProof PROOF = TokenProof.of("token");
  private static final RelayRequest POLL =
      new RelayRequest(RelayKind.POLL, "A".repeat(22), 1, "/hub", "alice", PROOF);

  private final MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
  private final ManualScheduler time = new ManualScheduler(clock);
  private final LossyWire wire = new LossyWire();
  private final RandomGenerator random = new Random(7);
  private final Relay front = relay("front");
  private Relay owner = relay("owner");
  private final List<RelayedCall> asked = new ArrayList<>();
  private final Heard heard = new Heard();

  RelayTest() {
    owner.serve(asked::add);
  }

  private Relay relay(String name) {
    return relay(name, Runnable::run);
  }

  private Relay relay(String name, Executor executor) {
    return new Relay(
        wire.replica(), "shop", name, executor, time, random, new TestSeal("farm"), clock);
  }

  /** What the asking side hears. */
  private static final class Heard implements RelayListener {
    final List<String> events = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();

    @Override
    public void ready() {
      events.add("ready");
    }

    @Override
    public void reply(int status, @Nullable String type, int length, byte[] piece, boolean last) {
      events.add(status + " " + type + " " + length);
      rest(piece, last);
    }

    @Override
    public void rest(byte[] piece, boolean last) {
      body.writeBytes(piece);
      if (last) {
        events.add("end");
      }
    }

    @Override
    public void failed(RelayFailure why) {
      events.add(why.name());
    }
  }

  private RelayCall poll() {
    RelayCall call = front.ask("owner", POLL, NOTHING, true, heard);
    assertThat(call).isNotNull();
    return call;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void ownerAnswersWhatItWasAsked() {
    RelayCall unused = poll();
    assertThat(asked).singleElement().extracting(RelayedCall::request).isEqualTo(POLL);
    asked.get(0).reply(200, "text/plain", text("hello"));
    asked.get(0).reply(204, "text/plain", null);
    assertThat(heard.events).containsExactly("200 text/plain 5", "end");
    assertThat(heard.body.toString(StandardCharsets.UTF_8)).isEqualTo("hello");
    assertThat(front.asked()).isEqualTo(1);
    assertThat(front.answered()).isZero();
    assertThat(front.peers()).isEqualTo(1);
  }

  @Test
  void whatIsLostIsSentAgainOnceAndInOrder() {
    Set<Long> losses = new HashSet<>(Set.of(1L, 7L, 8L, 30L));
    wire.lose(envelope -> losses.remove(envelope.number()));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      RelayRequest post = new RelayRequest(RelayKind.POST, "A".repeat(22), 1, "/hub", null, PROOF);
      RelayCall unused = front.ask("owner", post, text(i + " "), true, heard);
      expected.append(i).append(' ');
    }
    time.advance(Duration.ofMillis(2_900));
    StringBuilder got = new StringBuilder();
    asked.forEach(call -> got.append(new String(call.piece(), StandardCharsets.UTF_8)));
    assertThat(got.toString()).isEqualTo(expected.toString());
  }

  @Test
  void deadOwnerIsKnownWithinTwoSeconds() {
    RelayCall unused = poll();
    time.advance(Duration.ofSeconds(60));
    assertThat(heard.events).isEmpty();
    wire.lose(envelope -> envelope.from().equals("owner"));
    time.advance(Duration.ofMillis(1_200));
    assertThat(heard.events).isEmpty();
    assertThat(front.ownersLost()).isZero();
    time.advance(Duration.ofMillis(800));
    assertThat(heard.events).containsExactly("OWNER_GONE");
    assertThat(front.ownersLost()).isEqualTo(1);
  }

  @Test
  void ownerOfAnEarlierLifeIsKnownDeadAtOnce() {
    time.advance(Duration.ofSeconds(5));
    RelayCall unused = front.ask("owner of yesterday", POLL, NOTHING, true, heard);
    assertThat(heard.events).containsExactly("OWNER_GONE");
  }

  @Test
  void ownerThatMayNotListenAgainYetIsNotTakenForDead() {
    time.advance(Duration.ofSeconds(5));
    wire.epoch++;
    RelayCall unused = front.ask("owner that moves", POLL, NOTHING, true, heard);
    time.advance(Duration.ofMillis(400));
    RelayCall other = front.ask("other that moves", POLL, NOTHING, true, heard);
    assertThat(heard.events).isEmpty();
  }

  @Test
  void deadFrontLeavesNoPollBehind() {
    RelayCall unused = poll();
    List<String> cancelled = new ArrayList<>();
    asked.get(0).onCancel(() -> cancelled.add("cancelled"));
    wire.lose(envelope -> envelope.from().equals("front"));
    time.advance(Duration.ofSeconds(2));
    assertThat(cancelled).containsExactly("cancelled");
  }

  @Test
  void redisThatStallsEndsNothing() {
    RelayCall unused = poll();
    time.advance(Duration.ofSeconds(1));
    wire.hold(true);
    time.advance(Duration.ofSeconds(40));
    asked.get(0).reply(200, "text/plain", text("late"));
    assertThat(heard.events).isEmpty();
    wire.hold(false);
    time.advance(Duration.ofSeconds(1));
    assertThat(heard.events).containsExactly("200 text/plain 4", "end");
  }

  @Test
  void redisThatForgetsWhatItWasToldEndsNothing() {
    RelayCall unused = poll();
    time.advance(Duration.ofSeconds(1));
    wire.lose(envelope -> true);
    time.advance(Duration.ofSeconds(10));
    asked.get(0).reply(200, "text/plain", text("late"));
    time.advance(Duration.ofSeconds(10));
    wire.lose(envelope -> false);
    time.advance(Duration.ofSeconds(2));
    assertThat(heard.events).containsExactly("200 text/plain 4", "end");
  }

  @Test
  void requestThatCouldNotBeHandedOverFailsSoonAndIsNeverDoneLater() {
    wire.lose(envelope -> true);
    RelayCall unused = poll();
    time.advance(Duration.ofMillis(3_300));
    assertThat(heard.events).containsExactly("NOT_NOW");
    wire.lose(envelope -> false);
    time.advance(Duration.ofSeconds(5));
    assertThat(asked).isEmpty();
    // What comes next is heard.
    RelayCall again = poll();
    assertThat(asked).hasSize(1);
  }

  @Test
  void clientThatGoesTakesItsRequestAlong() {
    RelayCall call = poll();
    List<String> cancelled = new ArrayList<>();
    asked.get(0).onCancel(() -> cancelled.add("cancelled"));
    call.cancel();
    assertThat(cancelled).containsExactly("cancelled");
    asked.get(0).reply(200, "text/plain", text("too late"));
    assertThat(heard.events).isEmpty();
  }

  @Test
  void largeAnswerComesAsFastAsTheClientTakesIt() {
    RelayCall call = poll();
    byte[] large = new byte[10 * Relay.PIECE + 1];
    new Random(1).nextBytes(large);
    asked.get(0).reply(200, "application/octet-stream", large);
    assertThat(heard.body.size()).isEqualTo(4 * Relay.PIECE);
    for (int piece = 0; piece < 7; piece++) {
      assertThat(heard.events).doesNotContain("end");
      call.took();
    }
    assertThat(heard.events).endsWith("end");
    assertThat(heard.body.toByteArray()).isEqualTo(large);
  }

  @Test
  void bodyOfManyPiecesIsSentAsFastAsTheOwnerTakesIt() {
    RelayRequest post = new RelayRequest(RelayKind.POST, "A".repeat(22), 1, "/hub", null, PROOF);
    RelayCall call = front.ask("owner", post, text("one "), false, heard);
    StringBuilder body = new StringBuilder("one ");
    asked
        .get(0)
        .onMore(
            (piece, last) -> {
              body.append(new String(piece, StandardCharsets.UTF_8));
              if (last) {
                asked.get(0).reply(200, null, null);
              } else {
                asked.get(0).ready();
              }
            });
    assertThat(heard.events).isEmpty();
    asked.get(0).ready();
    assertThat(call).isNotNull();
    call.more(text("two "), false);
    call.more(text("three"), true);
    assertThat(body.toString()).isEqualTo("one two three");
    assertThat(heard.events).containsExactly("ready", "ready", "200 null 0", "end");
  }

  @Test
  void ownerThatTookTheFrontForDeadIsAskedAnew() {
    RelayCall unused = poll();
    wire.lose(envelope -> envelope.from().equals("front") && envelope.number() >= 0);
    // The owner hears itself and not the front, which hears both.
    time.advance(Duration.ofSeconds(3));
    wire.lose(envelope -> false);
    time.advance(Duration.ofSeconds(3));
    heard.events.clear();
    RelayCall again = poll();
    time.advance(Duration.ofSeconds(2));
    if (heard.events.contains("OWNER_GONE")) {
      // The owner said that it does not know the old conversation: the next one is new.
      heard.events.clear();
      again = poll();
    }
    asked.get(asked.size() - 1).reply(204, "text/plain", null);
    assertThat(heard.events).containsExactly("204 text/plain 0", "end");
  }

  @Test
  void stoppingReplicaWantsItsAnswersNow() {
    RelayCall unused = poll();
    asked.get(0).onHurry(() -> asked.get(0).reply(200, "text/plain", null));
    front.drain();
    assertThat(heard.events).containsExactly("200 text/plain 0", "end");
  }

  @Test
  void replicasThatHaveNothingToDoWithEachOtherSayNothing() {
    RelayCall unused = poll();
    asked.get(0).reply(204, null, null);
    time.advance(Duration.ofSeconds(15));
    int before = wire.published;
    time.advance(Duration.ofMinutes(1));
    assertThat(wire.published).isEqualTo(before);
  }

  /** Each side parts by its own clock; who asks while only one has must not be lost. */
  @Test
  void whoeverAsksAgainAroundTheTimeAtWhichConversationsEndIsAnswered() {
    time.advance(Duration.ofMillis(170));
    Relay late = relay("late");
    late.serve(call -> call.reply(200, "text/plain", text("late")));
    front.serve(call -> call.reply(200, "text/plain", text("front")));
    for (int pause = 3_000; pause < 12_000; pause += 50) {
      boolean forward = pause % 100 == 0;
      Heard answer = new Heard();
      RelayCall call =
          (forward ? front : late).ask(forward ? "late" : "front", POLL, NOTHING, true, answer);
      assertThat(call).isNotNull();
      time.advance(Duration.ofMillis(pause));
      assertThat(answer.events)
          .as("after %d ms", pause)
          .containsExactly("200 text/plain " + (forward ? 4 : 5), "end");
    }
    assertThat(front.ownersLost()).isZero();
    assertThat(late.ownersLost()).isZero();
  }

  @Test
  void noiseOnTheChannelHarmsNobody() {
    RelayCall unused = poll();
    member("stranger", "owner").says(17, new RelayMessage.Took(3));
    assertThat(RelayCodec.decode(text("noise"))).isNull();
    assertThat(RelayCodec.decode(new byte[] {(byte) 0xdd, -1, -1, -1, -1})).isNull();
    assertThat(RelayCodec.decode(NOTHING)).isNull();
    asked.get(0).reply(204, "text/plain", null);
    assertThat(heard.events).containsExactly("204 text/plain 0", "end");
  }

  @Test
  void whatAFloodedReplicaDoesNotTakeIsTakenWhenItIsSentAgain() {
    List<Runnable> late = new ArrayList<>();
    Relay busy = relay("busy", late::add);
    busy.serve(asked::add);
    Stranger stranger = member("stranger", "busy");
    for (int i = 1; i <= 1_000; i++) {
      piece(stranger, i);
      if (i == 1) {
        // Its key is opened; from then on it is heard at once.
        late.remove(0).run();
      }
    }
    late.forEach(Runnable::run);
    late.clear();
    int taken = asked.size();
    // 8 MiB of pieces of 64 KiB, and one.
    assertThat(taken).isBetween(64, 130);
    piece(stranger, taken + 1);
    late.forEach(Runnable::run);
    assertThat(asked).hasSize(taken + 1);
  }

  private Stranger member(String name, String to) {
    return new Stranger(wire, "farm", clock, name, to);
  }

  private static void piece(Stranger stranger, int number) {
    stranger.says(number, new RelayMessage.Ask(number, POLL, new byte[Relay.PIECE], true));
  }

  @Test
  void pieceLongerThanPiecesAreIsNotTaken() {
    RelayMessage ask = new RelayMessage.Ask(1, POLL, new byte[Relay.PIECE + 1], true);
    assertThat(RelayCodec.decode(RelayCodec.encode(new Envelope(1, "stranger", 5, 1, 0, 0, ask))))
        .isNull();
  }

  @Test
  void inventedReplicasTakeNoRoomAndKeepNobodyOut() {
    RelayCall unused = poll();
    flood(0);
    assertThat(owner.peers()).isLessThanOrEqualTo(Peers.MOST);
    // Whoever is being served stays; whoever is new gets in.
    asked.get(0).reply(204, "text/plain", null);
    assertThat(heard.events).containsExactly("204 text/plain 0", "end");
    flood(10_000);
    Heard late = new Heard();
    RelayCall other = relay("late").ask("owner", POLL, NOTHING, true, late);
    assertThat(other).isNotNull();
    asked.get(asked.size() - 1).reply(204, "text/plain", null);
    assertThat(late.events).containsExactly("204 text/plain 0", "end");
    time.advance(Duration.ofSeconds(15));
    assertThat(owner.peers()).isZero();
  }

  private void flood(int first) {
    for (int i = first; i < first + 2_000; i++) {
      int before = asked.size();
      member("stranger " + i, "owner").says(1, new RelayMessage.Ask(1, POLL, NOTHING, true));
      asked.remove(before).reply(404, null, null);
    }
  }

  @Test
  void answerOfWhoHasNotHeardTheQuestionIsNoAnswer() {
    wire.lose(envelope -> envelope.from().equals("front"));
    RelayCall unused = poll();
    Stranger other = member("owner", "front");
    for (long exchange = 0; exchange < 100; exchange++) {
      other.says(exchange + 1, new RelayMessage.Reply(exchange, 200, null, 0, NOTHING, true));
    }
    assertThat(heard.events).isEmpty();
  }

  @Test
  void answersWhoseFirstIsLostComeAllTheSame() {
    RelayCall unused = poll();
    RelayCall other = front.ask("owner", POLL, NOTHING, true, heard);
    Set<Long> losses = new HashSet<>(Set.of(1L));
    wire.lose(envelope -> envelope.from().equals("owner") && losses.remove(envelope.number()));
    asked.get(0).reply(200, "text/plain", text("a"));
    asked.get(1).reply(200, "text/plain", text("b"));
    assertThat(heard.events).isEmpty();
    time.advance(Duration.ofSeconds(2));
    assertThat(heard.events).containsExactly("200 text/plain 1", "end", "200 text/plain 1", "end");
  }

  @Test
  void ownerThatOnlyShowedThatItLivesAndBeginsAnewIsUnderstood() {
    List<RelayedCall> askedOfFront = new ArrayList<>();
    front.serve(askedOfFront::add);
    RelayCall unused = poll();
    time.advance(Duration.ofSeconds(1));
    wire.lose(envelope -> envelope.from().equals("front"));
    time.advance(Duration.ofSeconds(3));
    wire.lose(envelope -> false);
    assertThat(owner.ownersLost()).isEqualTo(1);

    Heard back = new Heard();
    RelayCall call = owner.ask("front", POLL, NOTHING, true, back);
    assertThat(call).isNotNull();
    time.advance(Duration.ofSeconds(4));
    assertThat(askedOfFront).hasSize(1);
    askedOfFront.get(0).reply(204, "text/plain", null);
    time.advance(Duration.ofSeconds(10));
    assertThat(back.events).containsExactly("204 text/plain 0", "end");
    assertThat(owner.ownersLost()).isEqualTo(1);
    // What was asked of the conversation that the owner has forgotten is not waited for.
    assertThat(heard.events).containsExactly("OWNER_GONE");
  }

  @Test
  void errorInOneAnswerKeepsNobodyFromBeingServed() {
    owner.serve(
        call -> {
          asked.add(call);
          if (asked.size() == 1) {
            throw new NoClassDefFoundError("missing");
          }
          call.reply(204, "text/plain", null);
        });
    RelayCall unused = poll();
    RelayCall next = poll();
    assertThat(next).isNotNull();
    assertThat(heard.events).containsExactly("204 text/plain 0", "end");
  }

  @Test
  void errorWhileAMessageIsTakenKeepsNoneFromBeingTakenLater() {
    List<Runnable> late = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    Intake intake = new Intake(late::add);
    intake.take(
        1,
        false,
        () -> {
          throw new NoClassDefFoundError("missing");
        });
    intake.take(1, true, () -> taken.add("waited"));
    late.get(0).run();
    intake.take(1, true, () -> taken.add("later"));
    assertThat(taken).containsExactly("waited", "later");
  }
}
