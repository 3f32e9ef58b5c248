package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SubscriptionTableTest {

  private final List<String> commands = new ArrayList<>();
  private final AtomicInteger settled = new AtomicInteger();
  private final SubscriptionTable table = new SubscriptionTable(settled::incrementAndGet);
  private final SubscriptionTable.Wire wire =
      new SubscriptionTable.Wire() {
        @Override
        public void subscribe(List<String> channels) {
          commands.add("+" + String.join(",", channels.stream().sorted().toList()));
        }

        @Override
        public void unsubscribe(List<String> channels) {
          commands.add("-" + String.join(",", channels));
        }
      };

  @Test
  void joinIsCompleteWhenTheBrokerHasConfirmedIt() {
    table.connected(wire);
    CompletableFuture<Void> first = want("g");
    CompletableFuture<Void> second = want("g");
    assertThat(commands).containsExactly("+g");
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    table.confirmed("g");

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(want("g")).isCompleted();
  }

  @Test
  void manyChannelsAreWantedAndForgottenInFewCommands() {
    table.connected(wire);
    want("c7");
    commands.clear();
    Map<String, Consumer<byte[]>> receivers = new HashMap<>();
    IntStream.range(0, 4096).forEach(i -> receivers.put("c" + i, payload -> {}));
    table.wantAll(receivers);
    assertThat(commands).hasSize(8).allMatch(command -> command.startsWith("+"));
    assertThat(commands.stream().flatMap(command -> Stream.of(command.substring(1).split(","))))
        .hasSize(4095)
        .doesNotContain("c7");
    assertThat(table.unconfirmed()).isEqualTo(4096);
    receivers.keySet().forEach(table::confirmed);
    assertThat(table.settled()).isTrue();
    commands.clear();
    table.forgetAll(receivers.keySet());
    assertThat(commands).hasSize(8).allMatch(command -> command.startsWith("-"));
    assertThat(table.size()).isZero();
    assertThat(table.settled()).isTrue();
  }

  @Test
  void manyChannelsThatAreWantedDuringAnOutageAreAskedForAfterwards() {
    Map<String, Consumer<byte[]>> receivers = Map.of("a", payload -> {}, "b", payload -> {});
    table.wantAll(receivers);
    assertThat(commands).isEmpty();
    table.connected(wire);
    assertThat(commands).containsExactly("+a,b");
    table.forgetAll(List.of("a", "b", "c"));
    assertThat(settled).hasValue(1);
    // The confirmations of what was given up are still on their way.
    table.wantAll(receivers);
    table.confirmed("a");
    table.confirmed("b");
    assertThat(table.settled()).isFalse();
    table.confirmed("a");
    table.confirmed("b");
    assertThat(table.settled()).isTrue();
  }

  @Test
  void confirmationOfAnEarlierSubscriptionDoesNotCountAfterAnUnsubscription() {
    table.connected(wire);
    want("g");
    want("g", false);
    CompletableFuture<Void> again = want("g");
    assertThat(commands).containsExactly("+g", "-g", "+g");

    table.confirmed("g");
    assertThat(again).isNotDone();
    table.confirmed("g");
    assertThat(again).isCompleted();
  }

  @Test
  void whatIsWantedWithoutAConnectionIsAskedForWhenThereIsOne() {
    assertThat(want("a")).isCompleted();
    want("b");
    want("c");
    want("c", false);

    table.connected(wire);

    assertThat(commands).containsExactly("+a,b");
    assertThat(table.settled()).isFalse();
    table.confirmed("a");
    assertThat(settled).hasValue(0);
    table.confirmed("b");
    assertThat(settled).hasValue(1);
    assertThat(table.settled()).isTrue();
  }

  @Test
  void everythingIsAskedForAgainOnTheNextConnectionInBatches() {
    for (int i = 0; i < SubscriptionTable.BATCH + 1; i++) {
      want("c" + i);
    }
    table.connected(wire);
    table.disconnected();
    assertThat(table.settled()).isFalse();
    table.connected(wire);
    assertThat(commands).hasSize(4);
  }

  @Test
  void lossOfTheConnectionLetsNobodyWait() {
    table.connected(wire);
    CompletableFuture<Void> join = want("g");
    table.disconnected();
    assertThat(join).isCompleted();
  }

  @Test
  void refusedChannelIsForgottenSoThatALaterWishAsksAgain() {
    table.connected(wire);
    CompletableFuture<Void> join = want("g");
    table.refused("g", new IllegalStateException("no"));
    assertThat(join).isCompletedExceptionally();
    assertThat(table.size()).isZero();
    want("g");
    assertThat(commands).containsExactly("+g", "+g");
  }

  @Test
  void whoHeardAChannelThatIsRefusedLaterHasLeftIt() {
    List<String> events = new ArrayList<>();
    Subscriber subscriber =
        new Subscriber() {
          @Override
          public void heard() {
            events.add("heard");
          }

          @Override
          public void left() {
            events.add("left");
          }

          @Override
          public void accept(byte[] payload) {}
        };
    table.connected(wire);
    assertThat(table.settle("g", () -> true, subscriber)).isNotDone();
    table.confirmed("g");
    table.disconnected();
    table.connected(wire);
    table.refused("g", new IllegalStateException("no"));
    assertThat(events).containsExactly("heard", "left");
  }

  @Test
  void refusedOrAbandonedChannelDoesNotKeepTheOthersFromBeingSettled() {
    want("a");
    want("b");
    want("c");
    table.connected(wire);
    table.confirmed("a");
    want("b", false);
    assertThat(settled).hasValue(0);
    table.refused("c", new IllegalStateException("no"));
    assertThat(settled).hasValue(1);
    assertThat(table.settled()).isTrue();
  }

  @Test
  void whoWaitsIsToldWithoutHoldingOthersUp() throws Exception {
    table.connected(wire);
    CompletableFuture<Boolean> free =
        want("g")
            .thenApply(
                done ->
                    CompletableFuture.supplyAsync(() -> want("h"))
                            .completeOnTimeout(null, 5, TimeUnit.SECONDS)
                            .join()
                        == null);
    table.confirmed("g");
    assertThat(free.get(10, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void payloadOfAnUnwantedChannelEndsItsSubscription() {
    table.connected(wire);
    assertThat(table.deliver("x", new byte[0])).isFalse();
    table.unwanted("x");
    assertThat(commands).containsExactly("-x");
  }

  private CompletableFuture<Void> want(String channel) {
    return want(channel, true);
  }

  /** Confirms are counted per wish: a channel that is not wanted has none to come. */
  private CompletableFuture<Void> want(String channel, boolean wanted) {
    return table.settle(channel, () -> wanted, payload -> {});
  }
}
