package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TurnstileTest {

  private final Turnstile turnstile = new Turnstile(1);

  @Test
  void manyThatFailAtOnceAreAllAnswered() {
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletionStage<String> held = turnstile.pass(() -> first);
    List<CompletionStage<String>> asked = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      asked.add(
          turnstile.pass(() -> CompletableFuture.failedFuture(new IllegalStateException("away"))));
    }
    first.complete("yes");
    assertThat(held).isCompletedWithValue("yes");
    assertThat(asked)
        .allSatisfy(one -> assertThat(one.toCompletableFuture()).isCompletedExceptionally());
    assertThat(turnstile.pass(() -> CompletableFuture.completedFuture("again")))
        .isCompletedWithValue("again");
  }

  @Test
  void heavyQuestionsWaitUntilTheirWeightIsFreeAndNobodyOvertakesThem() {
    Turnstile wide = new Turnstile(10);
    List<String> asked = new ArrayList<>();
    CompletableFuture<String> first = new CompletableFuture<>();
    var unused =
        List.of(
            wide.pass(6, () -> first),
            wide.pass(
                100,
                () -> {
                  asked.add("all of it");
                  return CompletableFuture.completedFuture("");
                }),
            wide.pass(
                () -> {
                  asked.add("light");
                  return CompletableFuture.completedFuture("");
                }));
    assertThat(asked).isEmpty();
    first.complete("yes");
    assertThat(asked).containsExactly("all of it", "light");
  }

  @Test
  void aQuestionThatCannotBeAskedGivesItsPlaceBack() {
    CompletionStage<String> failed =
        turnstile.pass(
            () -> {
              throw new StackOverflowError("of this test");
            });
    assertThat(failed.toCompletableFuture()).isCompletedExceptionally();
    assertThat(turnstile.pass(() -> CompletableFuture.completedFuture("again")))
        .isCompletedWithValue("again");
  }

  @Test
  void whoWaitsForATurnIsNotHeldUpByAnError() {
    InTurn turn = new InTurn();
    List<String> ran = new ArrayList<>();
    turn.run(
        () -> {
          turn.run(() -> ran.add("second"));
          throw new StackOverflowError("of this test");
        });
    turn.run(() -> ran.add("third"));
    assertThat(ran).containsExactly("second", "third");
  }
}
