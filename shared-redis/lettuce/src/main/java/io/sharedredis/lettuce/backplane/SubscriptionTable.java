package io.sharedredis.lettuce.backplane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels that this process wants, whatever state the connection is in, and which of them the
 * broker has confirmed on the present connection.
 *
 * <p>Changes and the commands they cause happen under one lock, so that commands leave in the order
 * of the changes; sending never blocks. Payloads are routed without the lock.
 */
final class SubscriptionTable {

  /** Channels in one command: few enough for a reply that does not hold up other clients. */
  static final int BATCH = 512;

  /** The present connection to the broker. */
  interface Wire {
    void subscribe(List<String> channels);

    void unsubscribe(List<String> channels);
  }

  private static final class Subscription {
    final Consumer<byte[]> receiver;

    /** Commands whose confirmation is still to come on the present connection. */
    int outstanding;

    CompletableFuture<Void> confirmed = new CompletableFuture<>();

    Subscription(Consumer<byte[]> receiver) {
      this.receiver = receiver;
    }
  }

  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> firstConnected = new CompletableFuture<>();

  /** Confirmations still to come for channels that are not wanted any more. */
  private final Map<String, Integer> stale = new HashMap<>();

  private final Runnable onSettled;
  private @Nullable Wire wire;

  /** Subscriptions with a confirmation still to come. */
  private int unsettled;

  /** Whether the present connection has never been settled yet. */
  private boolean fresh;

  /**
   * @param onSettled runs each time the last missing confirmation of a fresh connection arrived
   */
  SubscriptionTable(Runnable onSettled) {
    this.onSettled = onSettled;
  }

  /** See {@link BackplaneBus#settle}. */
  CompletableFuture<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    CompletableFuture<Void> leavers = null;
    Subscription gone = null;
    CompletableFuture<Void> result = CompletableFuture.completedFuture(null);
    boolean nowSettled = false;
    lock.lock();
    try {
      Subscription known = subscriptions.get(channel);
      if (wanted.getAsBoolean()) {
        if (known == null) {
          known = add(channel, receiver);
        }
        result = known.confirmed.copy();
      } else if (known != null) {
        forget(channel, known);
        leavers = known.confirmed;
        gone = known;
        if (wire != null) {
          wire.unsubscribe(List.of(channel));
        }
        nowSettled = settledForTheFirstTime();
      }
    } finally {
      lock.unlock();
    }
    // Whoever waits runs here, never under the lock.
    if (gone != null && gone.receiver instanceof Subscriber subscriber) {
      subscriber.left();
    }
    if (leavers != null) {
      leavers.complete(null);
    }
    if (nowSettled) {
      onSettled.run();
    }
    return result;
  }

  private Subscription add(String channel, Consumer<byte[]> receiver) {
    Subscription added = enter(channel, receiver);
    if (wire != null) {
      wire.subscribe(List.of(channel));
    }
    return added;
  }

  /** Adds it; whoever calls asks the broker. */
  private Subscription enter(String channel, Consumer<byte[]> receiver) {
    Subscription added = new Subscription(receiver);
    subscriptions.put(channel, added);
    if (wire == null) {
      added.confirmed.complete(null);
    } else {
      ask(added);
      Integer earlier = stale.remove(channel);
      added.outstanding += earlier == null ? 0 : earlier;
    }
    return added;
  }

  /** See {@link BackplaneBus#listenAll}. What is wanted already stays as it is. */
  void wantAll(Map<String, Consumer<byte[]>> receivers) {
    lock.lock();
    try {
      List<String> added = new ArrayList<>();
      receivers.forEach(
          (channel, receiver) -> {
            if (!subscriptions.containsKey(channel)) {
              enter(channel, receiver);
              added.add(channel);
            }
          });
      if (wire != null) {
        inBatches(added, wire::subscribe);
      }
    } finally {
      lock.unlock();
    }
  }

  /** See {@link BackplaneBus#leaveAll}. */
  void forgetAll(Collection<String> channels) {
    Map<String, Subscription> gone = new LinkedHashMap<>();
    boolean nowSettled;
    lock.lock();
    try {
      for (String channel : channels) {
        Subscription known = subscriptions.get(channel);
        if (known != null) {
          forget(channel, known);
          gone.put(channel, known);
        }
      }
      if (wire != null) {
        inBatches(List.copyOf(gone.keySet()), wire::unsubscribe);
      }
      nowSettled = settledForTheFirstTime();
    } finally {
      lock.unlock();
    }
    for (Subscription subscription : gone.values()) {
      if (subscription.receiver instanceof Subscriber subscriber) {
        subscriber.left();
      }
      subscription.confirmed.complete(null);
    }
    if (nowSettled) {
      onSettled.run();
    }
  }

  private boolean settledForTheFirstTime() {
    boolean now = fresh && wire != null && unsettled == 0;
    if (now) {
      fresh = false;
    }
    return now;
  }

  private void ask(Subscription subscription) {
    if (subscription.outstanding++ == 0) {
      unsettled++;
    }
  }

  private void forget(String channel, Subscription subscription) {
    subscriptions.remove(channel);
    if (subscription.outstanding > 0) {
      stale.merge(channel, subscription.outstanding, Integer::sum);
      subscription.outstanding = 0;
      unsettled--;
    }
  }

  /** The broker says that it delivers this channel from now on. */
  void confirmed(String channel) {
    CompletableFuture<Void> waiting = null;
    Subscriber listener = null;
    boolean nowSettled = false;
    lock.lock();
    try {
      Subscription subscription = subscriptions.get(channel);
      if (subscription == null) {
        stale.computeIfPresent(channel, (name, count) -> count > 1 ? count - 1 : null);
      } else if (subscription.outstanding > 0 && --subscription.outstanding == 0) {
        // An earlier command's confirmation is worth nothing when an UNSUBSCRIBE follows it.
        unsettled--;
        waiting = subscription.confirmed;
        listener = subscription.receiver instanceof Subscriber subscriber ? subscriber : null;
        nowSettled = settledForTheFirstTime();
      }
    } finally {
      lock.unlock();
    }
    if (listener != null) {
      listener.heard();
    }
    if (waiting != null) {
      waiting.complete(null);
    }
    if (nowSettled) {
      onSettled.run();
    }
  }

  /** The broker refuses this channel: whoever waits is told, and a later wish asks again. */
  void refused(String channel, Throwable reason) {
    CompletableFuture<Void> waiting = null;
    Subscription gone = null;
    boolean nowSettled = false;
    lock.lock();
    try {
      Subscription subscription = subscriptions.get(channel);
      if (subscription != null && !subscription.confirmed.isDone()) {
        subscription.outstanding--;
        unsettled -= subscription.outstanding == 0 ? 1 : 0;
        forget(channel, subscription);
        waiting = subscription.confirmed;
        gone = subscription;
        nowSettled = settledForTheFirstTime();
      }
    } finally {
      lock.unlock();
    }
    // It may have been heard on an earlier connection.
    if (gone != null && gone.receiver instanceof Subscriber subscriber) {
      subscriber.left();
    }
    if (waiting != null) {
      waiting.completeExceptionally(reason);
    }
    if (nowSettled) {
      onSettled.run();
    }
  }

  /** A new connection stands, on which nothing is subscribed yet: asks for everything. */
  void connected(Wire newWire) {
    lock.lock();
    try {
      wire = newWire;
      fresh = true;
      subscriptions.values().forEach(this::begin);
      inBatches(List.copyOf(subscriptions.keySet()), newWire::subscribe);
    } finally {
      lock.unlock();
    }
    firstConnected.complete(null);
  }

  private void begin(Subscription subscription) {
    if (subscription.outstanding == 0) {
      ask(subscription);
    }
    if (subscription.confirmed.isDone()) {
      subscription.confirmed = new CompletableFuture<>();
    }
  }

  /**
   * The connection is lost. Nobody waits for an outage to end: what is wanted will be asked for.
   */
  void disconnected() {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    lock.lock();
    try {
      wire = null;
      unsettled = 0;
      stale.clear();
      for (Subscription subscription : subscriptions.values()) {
        subscription.outstanding = 0;
        waiting.add(subscription.confirmed);
      }
    } finally {
      lock.unlock();
    }
    waiting.forEach(confirmed -> confirmed.complete(null));
  }

  /** Asks for everything again on the present connection; the broker ignores what it has. */
  void assertAll() {
    lock.lock();
    try {
      if (wire != null) {
        subscriptions.values().forEach(this::ask);
        inBatches(List.copyOf(subscriptions.keySet()), wire::subscribe);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks for one wanted channel again, to hear the broker confirm it. */
  void assertOne(String channel) {
    lock.lock();
    try {
      Subscription subscription = subscriptions.get(channel);
      if (wire != null && subscription != null) {
        ask(subscription);
        wire.subscribe(List.of(channel));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Unsubscribes a channel that still arrives although nobody wants it. */
  void unwanted(String channel) {
    lock.lock();
    try {
      if (wire != null && !subscriptions.containsKey(channel)) {
        wire.unsubscribe(List.of(channel));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Hands a payload to its receiver; false when the channel is not wanted. */
  boolean deliver(String channel, byte[] payload) {
    Subscription subscription = subscriptions.get(channel);
    if (subscription == null) {
      return false;
    }
    subscription.receiver.accept(payload);
    return true;
  }

  /** Completes when a connection stands for the first time. */
  CompletableFuture<Void> firstConnected() {
    return firstConnected.copy();
  }

  /** The channels that are wanted, as they are at some moment. */
  List<String> channels() {
    return List.copyOf(subscriptions.keySet());
  }

  /** How many of them the broker has not confirmed on the present connection; all without one. */
  int unconfirmed() {
    lock.lock();
    try {
      return wire == null ? subscriptions.size() : unsettled;
    } finally {
      lock.unlock();
    }
  }

  /** How many channels are wanted. */
  int size() {
    return subscriptions.size();
  }

  /** Whether the broker has confirmed every wanted channel on the present connection. */
  boolean settled() {
    lock.lock();
    try {
      return wire != null && unsettled == 0;
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
