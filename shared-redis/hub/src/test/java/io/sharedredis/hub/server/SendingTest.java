package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubOptions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SendingTest {

  private static final int MUCH = 200_000;

  private final Sending sending =
      new Sending(
          HubOptions.defaults(),
          new HubMeters(),
          () -> {
            throw new AssertionError("too much");
          });

  private boolean room() {
    return sending.send(new byte[MUCH], true).toCompletableFuture().isDone();
  }

  @Test
  void whoGivesAClientWhatItMissedWaitsForItAlsoWhileOthersNeedNot() {
    sending.keepNumbered();
    assertThat(room()).isTrue();
    assertThat(sending.drained().toCompletableFuture()).isCompleted();
    assertThat(room()).as("above the limit").isFalse();

    sending.deaf(true);
    assertThat(room()).isTrue();
    CompletableFuture<Void> drained = sending.drained().toCompletableFuture();
    sending.deaf(false);
    sending.waitForNobody(true);
    assertThat(room()).isTrue();
    sending.waitForNobody(false);
    assertThat(drained).isNotDone();

    sending.acknowledged(1);
    assertThat(drained).as("more waits").isNotDone();
    sending.acknowledged(2);
    sending.acknowledged(3);
    assertThat(drained).isCompleted();
  }

  @Test
  void whoWaitsForAClientThatEndsIsReleased() {
    sending.keepNumbered();
    assertThat(room()).isTrue();
    assertThat(room()).isFalse();
    CompletableFuture<Void> drained = sending.drained().toCompletableFuture();

    assertThat(sending.finish(null, true)).isTrue();

    assertThat(drained).isCompleted();
    assertThat(sending.drained().toCompletableFuture()).isCompleted();
  }
}
