package io.sharedredis.lettuce.backplane;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A bus over Redis, with what operators and tests want to know of it. */
interface PubSubBus extends BackplaneBus {

  /** Completes when this process listens for the first time; fails if it never can. */
  CompletableFuture<Void> firstConnected();

  /** The channels that are wanted, without the prefix. */
  List<String> channels();

  /** How many of them Redis has not confirmed. */
  int unconfirmed();

  /** How the probes went; of several the one that was heard longest ago. */
  BackplaneState.Probe probes();

  /** Unsubscribes a channel behind the back of whoever wants it. */
  void loseSubscription(String channel);

  /** Opens another connection to listen with. */
  void replaceListening(String why);
}
