package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.Subscriptions.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channels that this process wants, whatever state the connection is in, and which of them the
 * broker has confirmed on the present connection.
 *
 * <p>Changes and the commands they cause happen under one lock, so that commands leave in the order
 * of the changes; sending never blocks. Payloads are routed without the lock, and whoever waits for
 * a change is told without it.
 */
final class SubscriptionTable {

  /** Channels in one command: few enough for a reply that does not hold up other clients. */
  static final int BATCH = 512;

  /** The present connection to the broker. */
  interface Wire {
    void subscribe(List<String> channels);

    void unsubscribe(List<String> channels);
  }

  private final Subscriptions subscriptions = new Subscriptions();
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> firstConnected = new CompletableFuture<>();
  private final Runnable onSettled;
  private @Nullable Wire wire;

  /**
   * @param onSettled runs each time the last missing confirmation of a fresh connection arrived
   */
  SubscriptionTable(Runnable onSettled) {
    this.onSettled = onSettled;
  }

  /** See {@link BackplaneBus#settle}. */
  CompletableFuture<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    Subscription gone;
    boolean nowSettled;
    lock.lock();
    try {
      Subscription known = subscriptions.get(channel);
      if (wanted.getAsBoolean()) {
        return (known == null ? add(channel, receiver) : known).confirmed().copy();
      }
      if (known == null) {
        return CompletableFuture.completedFuture(null);
      }
      gone = known;
      subscriptions.remove(channel, known);
      if (wire != null) {
        wire.unsubscribe(List.of(channel));
      }
      nowSettled = settledForTheFirstTime();
    } finally {
      lock.unlock();
    }
    gone.left();
    gone.confirmed().complete(null);
    tell(nowSettled);
    return CompletableFuture.completedFuture(null);
  }

  private Subscription add(String channel, Consumer<byte[]> receiver) {
    Subscription added = subscriptions.add(channel, receiver, wire != null);
    if (wire != null) {
      wire.subscribe(List.of(channel));
    }
    return added;
  }

  /** See {@link BackplaneBus#listenAll}. What is wanted already stays as it is. */
  void wantAll(Map<String, Consumer<byte[]>> receivers) {
    locked(
        () -> {
          List<String> added = new ArrayList<>();
          receivers.forEach(
              (channel, receiver) -> {
                if (subscriptions.get(channel) == null) {
                  subscriptions.add(channel, receiver, wire != null);
                  added.add(channel);
                }
              });
          if (wire != null) {
            inBatches(added, wire::subscribe);
          }
        });
  }

  /** See {@link BackplaneBus#leaveAll}. */
  void forgetAll(Collection<String> channels) {
    Map<String, Subscription> gone = new LinkedHashMap<>();
    boolean nowSettled =
        locked(
            () -> {
              for (String channel : channels) {
                Subscription known = subscriptions.get(channel);
                if (known != null) {
                  subscriptions.remove(channel, known);
                  gone.put(channel, known);
                }
              }
              if (wire != null) {
                inBatches(List.copyOf(gone.keySet()), wire::unsubscribe);
              }
              return settledForTheFirstTime();
            });
    for (Subscription subscription : gone.values()) {
      subscription.left();
      subscription.confirmed().complete(null);
    }
    tell(nowSettled);
  }

  /** The broker says that it delivers this channel from now on. */
  void confirmed(String channel) {
    Subscription heard;
    CompletableFuture<Void> waiting;
    boolean nowSettled;
    lock.lock();
    try {
      heard = subscriptions.confirmed(channel);
      // The next connection will have another one.
      waiting = heard == null ? null : heard.confirmed();
      nowSettled = heard != null && settledForTheFirstTime();
    } finally {
      lock.unlock();
    }
    if (heard != null && waiting != null) {
      heard.heard();
      waiting.complete(null);
    }
    tell(nowSettled);
  }

  /** The broker refuses this channel: whoever waits is told, and a later wish asks again. */
  void refused(String channel, Throwable reason) {
    Subscription gone;
    boolean nowSettled;
    lock.lock();
    try {
      gone = subscriptions.refused(channel);
      nowSettled = gone != null && settledForTheFirstTime();
    } finally {
      lock.unlock();
    }
    if (gone != null) {
      // It may have been heard on an earlier connection.
      gone.left();
      gone.confirmed().completeExceptionally(reason);
    }
    tell(nowSettled);
  }

  /** A new connection stands, on which nothing is subscribed yet: asks for everything. */
  void connected(Wire newWire) {
    locked(
        () -> {
          wire = newWire;
          subscriptions.connected();
          inBatches(subscriptions.channels(), newWire::subscribe);
        });
    firstConnected.complete(null);
  }

  /**
   * The connection is lost. Nobody waits for an outage to end: what is wanted will be asked for.
   */
  void disconnected() {
    List<CompletableFuture<Void>> waiting =
        locked(
            () -> {
              wire = null;
              return subscriptions.disconnected();
            });
    waiting.forEach(confirmed -> confirmed.complete(null));
  }

  /** Asks for everything again on the present connection; the broker ignores what it has. */
  void assertAll() {
    locked(
        () -> {
          if (wire != null) {
            subscriptions.askAll();
            inBatches(subscriptions.channels(), wire::subscribe);
          }
        });
  }

  /** Asks for one wanted channel again, to hear the broker confirm it. */
  void assertOne(String channel) {
    locked(
        () -> {
          Subscription subscription = subscriptions.get(channel);
          if (wire != null && subscription != null) {
            subscriptions.ask(subscription);
            wire.subscribe(List.of(channel));
          }
        });
  }

  /** Unsubscribes a channel that still arrives although nobody wants it. */
  void unwanted(String channel) {
    locked(
        () -> {
          if (wire != null && subscriptions.get(channel) == null) {
            wire.unsubscribe(List.of(channel));
          }
        });
  }

  /** Hands a payload to its receiver; false when the channel is not wanted. */
  boolean deliver(String channel, byte[] payload) {
    Subscription subscription = subscriptions.get(channel);
    if (subscription == null) {
      return false;
    }
    subscription.accept(payload);
    return true;
  }

  /** Completes when a connection stands for the first time. */
  CompletableFuture<Void> firstConnected() {
    return firstConnected.copy();
  }

  /** The channels that are wanted, as they are at some moment. */
  List<String> channels() {
    return subscriptions.channels();
  }

  /** How many of them the broker has not confirmed on the present connection; all without one. */
  int unconfirmed() {
    return locked(() -> wire == null ? subscriptions.size() : subscriptions.unsettled());
  }

  /** How many channels are wanted. */
  int size() {
    return subscriptions.size();
  }

  /** Whether the broker has confirmed every wanted channel on the present connection. */
  boolean settled() {
    return locked(() -> wire != null && subscriptions.unsettled() == 0);
  }

  private boolean settledForTheFirstTime() {
    return wire != null && subscriptions.settledForTheFirstTime();
  }

  /** Without the lock, as for everybody who waits. */
  private void tell(boolean nowSettled) {
    if (nowSettled) {
      onSettled.run();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> change) {
    lock.lock();
    try {
      return change.get();
    } finally {
      lock.unlock();
    }
  }

  static void inBatches(List<String> channels, Consumer<List<String>> command) {
    List<List<String>> batches = new ArrayList<>();
    for (int from = 0; from < channels.size(); from += BATCH) {
      batches.add(channels.subList(from, Math.min(channels.size(), from + BATCH)));
    }
    batches.forEach(command);
  }
}
