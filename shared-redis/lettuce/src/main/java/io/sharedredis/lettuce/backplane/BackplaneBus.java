package io.sharedredis.lettuce.backplane;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Publish and subscribe between replicas, as a hub's lifetime needs it. Nothing blocks; safe for
 * use by many threads. Channel names are without the channel prefix, which the bus puts before
 * them.
 */
interface BackplaneBus extends AutoCloseable {

  /**
   * Publishes and completes when the broker has taken the payload. Payloads of one caller on one
   * channel arrive in the order of the calls.
   *
   * @return fails with {@link BackplaneException}, which says whether the payload may have gone out
   */
  CompletionStage<Void> publish(String channel, byte[] payload);

  /** How many replicas are subscribed to the channel; observers by pattern do not count. */
  CompletionStage<Long> subscribers(String channel);

  /** Whether any replica is subscribed to the channel. */
  default CompletionStage<Boolean> hasSubscribers(String channel) {
    return subscribers(channel).thenApply(count -> count > 0);
  }

  /**
   * Brings the subscription in line with what is wanted at that moment. Asking for the present
   * truth instead of telling a change makes it harmless when two changes overtake each other.
   *
   * @param wanted read once, before this method returns
   * @param receiver gets the payloads, one after the other; runs on the bus's thread and must not
   *     block
   * @return completes when payloads reach the receiver, or at once when they need not. While the
   *     broker is away it completes too: the subscription is made when the broker is back. Fails
   *     when the broker refuses the subscription; nothing is subscribed then
   */
  CompletionStage<Void> settle(String channel, BooleanSupplier wanted, Consumer<byte[]> receiver);

  /** Subscribes to channels of one owner, many in one command. Nobody waits for them. */
  void listenAll(Map<String, Consumer<byte[]>> receivers);

  /** Ends subscriptions of one owner, many in one command. */
  void leaveAll(Collection<String> channels);

  /**
   * Tells {@code watcher} about losses from now on. Its methods run on the bus's threads and must
   * not block.
   */
  void watch(Watcher watcher);

  /**
   * Number of the connection that listens, another one after each loss; negative while there is
   * none. While it stays the same nothing that is published is missed.
   */
  default long listeningEpoch() {
    return 0;
  }

  /** Whether payloads can be published now. */
  boolean canPublish();

  /** Whether payloads can be published and every wanted subscription is confirmed. */
  boolean settled();

  /** Hears of the bus's losses and recoveries. */
  interface Watcher {

    /** Publishing or listening was lost, perhaps with payloads that were on their way. */
    void lost();

    /** Publishing and every wanted subscription stand again, or for the first time. */
    void settled();
  }

  @Override
  void close();
}
