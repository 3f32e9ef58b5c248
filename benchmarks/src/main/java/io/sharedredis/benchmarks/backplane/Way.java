package io.sharedredis.benchmarks.backplane;

import java.util.concurrent.CompletionStage;

/** A way of one message from a sender to a receiver, over Redis. */
interface Way {

  /**
   * Sends the message once more; returns before it has arrived. One thread.
   *
   * @return says when the sender knows that it was sent, or that it was not
   */
  CompletionStage<?> send();

  /** Runs {@code listener} for each message that arrives from now on, on the thread that has it. */
  void onArrival(Runnable listener);
}
