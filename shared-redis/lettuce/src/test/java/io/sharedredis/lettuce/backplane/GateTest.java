package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.backplane.BackplaneException.Outcome;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class GateTest {

  private final ManualScheduler scheduler =
      new ManualScheduler(MutableClock.at("2026-01-31T12:00:00Z"));
  private final List<String> sent = new ArrayList<>();
  private boolean open = true;
  private boolean connected = true;
  private final Gate gate =
      new Gate(() -> open, () -> connected, Duration.ofMillis(500), scheduler);

  @Test
  void openGateLetsMessagesPassAtOnce() {
    assertThat(pass("a").toCompletableFuture()).isCompleted();
    assertThat(sent).containsExactly("a");
  }

  @Test
  void closedGateHoldsMessagesAndReleasesThemInOrder() {
    open = false;
    CompletionStage<Void> a = pass("a");
    CompletionStage<Void> b = pass("b");
    assertThat(sent).isEmpty();

    open = true;
    CompletionStage<Void> c = pass("c");
    gate.release();

    assertThat(sent).containsExactly("a", "b", "c");
    assertThat(List.of(a, b, c)).allMatch(stage -> stage.toCompletableFuture().isDone());
  }

  @Test
  void messageHeldTooLongFailsAndIsNeverSent() {
    open = false;
    CompletionStage<Void> a = pass("a");
    scheduler.advance(Duration.ofMillis(499));
    assertThat(a.toCompletableFuture()).isNotDone();
    scheduler.advance(Duration.ofMillis(1));

    open = true;
    gate.release();

    assertThat(sent).isEmpty();
    assertNotSent(a);
  }

  @Test
  void closedGateWithoutAConnectionRefusesAtOnce() {
    open = false;
    connected = false;
    assertNotSent(pass("a"));
  }

  @Test
  void gateHoldsNoMoreThanItsCapacity() {
    open = false;
    CompletionStage<Void> last = pass("0");
    for (int i = 1; i <= 10_000; i++) {
      last = pass(Integer.toString(i));
    }
    assertNotSent(last);
  }

  private CompletionStage<Void> pass(String message) {
    return gate.pass(
        () -> {
          sent.add(message);
          return CompletableFuture.completedFuture(null);
        });
  }

  private static void assertNotSent(CompletionStage<Void> stage) {
    assertThat(stage.toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            BackplaneException.class,
            exception -> assertThat(exception.outcome()).isEqualTo(Outcome.NOT_SENT));
  }
}
