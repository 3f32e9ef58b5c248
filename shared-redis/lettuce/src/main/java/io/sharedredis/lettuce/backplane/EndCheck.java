package io.sharedredis.lettuce.backplane;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Looks now and then whether the last message of a channel's history has arrived: one that was not
 * heard is missed by nobody until the next one comes. Used in turn.
 */
final class EndCheck {

  private final Supplier<CompletionStage<Position>> end;
  private final Progress progress;
  private final InTurn turn;
  private final Pause.Later later;
  private boolean asking;

  /**
   * @param end asks for the end of the history
   */
  EndCheck(
      Supplier<CompletionStage<Position>> end, Progress progress, InTurn turn, Pause.Later later) {
    this.end = end;
    this.progress = progress;
    this.turn = turn;
    this.later = later;
  }

  /** Runs {@code behind} when there is something that has not come, and does not come at once. */
  void run(Runnable behind) {
    if (asking || progress.position() == null) {
      return;
    }
    asking = true;
    var unused =
        end.get()
            .whenComplete(
                (known, failure) ->
                    turn.run(
                        () -> {
                          asking = false;
                          if (failure == null && progress.isBehind(known)) {
                            confirm(known, behind);
                          }
                        }));
  }

  private void confirm(Position known, Runnable behind) {
    later.run(
        ReliableChannels.ON_ITS_WAY.toMillis(),
        () -> {
          if (progress.isBehind(known)) {
            behind.run();
          }
        });
  }
}
