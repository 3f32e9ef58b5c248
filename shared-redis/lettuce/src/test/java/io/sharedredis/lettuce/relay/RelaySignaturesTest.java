package io.sharedredis.lettuce.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may publish and is no replica of the farm says nothing, and who listens repeats nothing. */
class RelaySignaturesTest {
  private static final byte[] NOTHING = {};
  private static final RelayRequest POST =
      new RelayRequest(RelayKind.POST, "A".repeat(22), 1, "/hub", "alice", TokenProof.of("token"));
  private static final RelayMessage ASK = new RelayMessage.Ask(1, POST, NOTHING, true);
  private static final String OWNERS = "shared-redis:shop:hub:relay:{owner}";
  private static final String FRONTS = "shared-redis:shop:hub:relay:{front}";

  private final MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
  private final ManualScheduler time = new ManualScheduler(clock);
  private final LossyWire wire = new LossyWire();
  private final RandomGenerator random = new Random(7);
  private final Relay front = relay("front");
  private final Relay owner = relay("owner");
  private final List<RelayedCall> asked = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();

  RelaySignaturesTest() {
    owner.serve(asked::add);
  }

  private Relay relay(String name) {
    return new Relay(
        wire.replica(), "shop", name, Runnable::run, time, random, new TestSeal("farm"), clock);
  }

  private void post() {
    RelayCall call =
        front.ask(
            "owner",
            POST,
            NOTHING,
            true,
            new RelayListener() {
              @Override
              public void ready() {}

              @Override
              public void reply(
                  int status, @Nullable String type, int length, byte[] piece, boolean last) {
                heard.add(String.valueOf(status));
              }

              @Override
              public void rest(byte[] piece, boolean last) {}

              @Override
              public void failed(RelayFailure why) {
                heard.add(why.name());
              }
            });
    assertThat(call).isNotNull();
  }

  private long refused(RelayRefusal why) {
    return owner.refused(why);
  }

  @Test
  void replicaOfTheFarmIsHeard() {
    new Stranger(wire, "farm", clock, "stranger", "owner").says(1, ASK);
    assertThat(asked).hasSize(1);
    for (RelayRefusal why : RelayRefusal.values()) {
      assertThat(refused(why)).as(why.label()).isZero();
    }
  }

  @Test
  void whoHasNoKeyOfTheFarmIsNotHeard() {
    new Stranger(wire, "elsewhere", clock, "stranger", "owner").says(1, ASK);
    new Stranger(wire, "elsewhere", clock, "front", "owner").says(1, ASK);
    assertThat(asked).isEmpty();
    assertThat(refused(RelayRefusal.FORGED)).isEqualTo(2);
    assertThat(owner.peers()).isZero();
  }

  @Test
  void whatCannotBeOpenedWhileTheKeysAreAwayIsNotCalledForged() {
    RelaySeal away =
        new RelaySeal() {
          @Override
          public byte[] seal(String from, String to, long session, byte[] plain) {
            throw new IllegalStateException("away");
          }

          @Override
          public byte[] open(String from, String to, long session, byte[] sealed) {
            throw new IllegalStateException("away");
          }
        };
    RelayGuard guard = new RelayGuard(away, "owner", clock, new Random(1));
    assertThat(guard.open("front", 5, new byte[8])).isNull();
    assertThat(guard.refused(RelayRefusal.UNREADABLE)).isEqualTo(1);
    assertThat(guard.refused(RelayRefusal.FORGED)).isZero();
  }

  @Test
  void whatWasSaidToOneReplicaIsNotHeardByAnother() {
    byte[] said = new Stranger(wire, "farm", clock, "stranger", "other").payload(1, ASK);
    wire.publish(OWNERS, said);
    assertThat(asked).isEmpty();
    assertThat(refused(RelayRefusal.FORGED)).isEqualTo(1);
  }

  @Test
  void whatIsChangedOnTheWayIsNotHeard() {
    byte[] said = new Stranger(wire, "farm", clock, "stranger", "owner").payload(1, ASK);
    // The first byte says how many items there are; surplus ones mean nothing.
    for (int i = 1; i < said.length; i++) {
      byte[] changed = said.clone();
      changed[i] ^= 1;
      wire.publish(OWNERS, changed);
    }
    assertThat(asked).isEmpty();
    assertThat(refused(RelayRefusal.FORGED) + refused(RelayRefusal.FOREIGN))
        .isEqualTo(said.length - 1);
    wire.publish(OWNERS, said);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whatTheVersionBeforeSaidIsNotUnderstood() {
    String ask =
        "9f01a87765622d315f3030cd0102014d04010905b641414141414141414141414141414141414141414141"
            + "01a42f687562a5616c696365c40568656c6c6fc2";
    wire.publish(OWNERS, HexFormat.of().parseHex(ask));
    assertThat(asked).isEmpty();
    assertThat(refused(RelayRefusal.FOREIGN)).isEqualTo(1);
  }

  @Test
  void conversationIsHeardOnceHoweverOftenAndLateItIsRepeated() {
    post();
    post();
    asked.get(0).reply(200, null, null);
    repeatAll();
    assertThat(asked).hasSize(2);
    asked.get(1).reply(200, null, null);
    // The conversation has ended by itself.
    time.advance(Duration.ofSeconds(15));
    assertThat(owner.peers()).isZero();
    repeatAll();
    time.advance(Duration.ofMinutes(8));
    repeatAll();
    time.advance(Duration.ofMinutes(8));
    repeatAll();
    assertThat(asked).hasSize(2);
    assertThat(heard).containsExactly("200", "200");
    assertThat(refused(RelayRefusal.REPEATED)).isPositive();
    assertThat(refused(RelayRefusal.LATE)).isPositive();
    // The next one is heard.
    post();
    assertThat(asked).hasSize(3);
  }

  private void repeatAll() {
    for (LossyWire.Said one : List.copyOf(wire.said)) {
      wire.publish(one.channel(), one.payload());
    }
  }

  @Test
  void repeatedSignsOfLifeKeepNoDeadReplicaAlive() {
    post();
    time.advance(Duration.ofSeconds(3));
    List<LossyWire.Said> alive =
        wire.said.stream().filter(one -> one.channel().equals(FRONTS)).toList();
    wire.lose(envelope -> envelope.from().equals("owner"));
    for (int i = 0; i < 20; i++) {
      time.advance(Duration.ofMillis(100));
      alive.forEach(one -> wire.publish(FRONTS, one.payload()));
    }
    assertThat(heard).containsExactly("OWNER_GONE");
  }

  @Test
  void repeatedEchoesMakeNobodySilent() {
    post();
    time.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 10; i++) {
      List.copyOf(wire.said).stream()
          .filter(one -> one.channel().equals(FRONTS))
          .forEach(one -> wire.publish(FRONTS, one.payload()));
    }
    asked.get(0).reply(200, null, null);
    assertThat(heard).containsExactly("200");
  }

  @Test
  void keyThatDoesNotArriveForLongIsGivenAnew() {
    wire.lose(envelope -> envelope.from().equals("front"));
    post();
    time.advance(Duration.ofMinutes(7));
    assertThat(heard).containsExactly("NOT_NOW");
    wire.lose(envelope -> false);
    time.advance(Duration.ofSeconds(2));
    post();
    asked.get(asked.size() - 1).reply(200, null, null);
    assertThat(heard).containsExactly("NOT_NOW", "200");
    assertThat(refused(RelayRefusal.LATE)).isZero();
  }
}
