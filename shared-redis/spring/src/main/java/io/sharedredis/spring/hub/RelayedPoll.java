package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.RelayedCall;

/** A poll that waits at another replica. */
final class RelayedPoll implements Poll {
  private final RelayedCall call;
  private final long deadline;

  RelayedPoll(RelayedCall call, long deadline) {
    this.call = call;
    this.deadline = deadline;
  }

  /** Kept here, so that an answer on its way and the end of the wait cannot cross. */
  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public boolean ready() {
    return !call.crowded();
  }

  @Override
  public void answer(PollAnswer answer) {
    call.reply(answer.status(), answer.type(), answer.body());
  }
}
