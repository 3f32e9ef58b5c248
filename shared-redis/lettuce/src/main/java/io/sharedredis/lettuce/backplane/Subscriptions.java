package io.sharedredis.lettuce.backplane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which channels are wanted, and for which of them the broker has still to confirm a command on the
 * present connection. Changed under the lock of its owner; looked up without.
 */
final class Subscriptions {

  /** One wanted channel. */
  static final class Subscription {
    private final Consumer<byte[]> receiver;

    /** Commands whose confirmation is still to come on the present connection. */
    private int outstanding;

    private CompletableFuture<Void> confirmed = new CompletableFuture<>();

    private Subscription(Consumer<byte[]> receiver) {
      this.receiver = receiver;
    }

    void accept(byte[] payload) {
      receiver.accept(payload);
    }

    /** Completes when it is confirmed, or there is nothing to wait for. */
    CompletableFuture<Void> confirmed() {
      return confirmed;
    }

    /** Tells the receiver that everything comes from now on. */
    void heard() {
      if (receiver instanceof Subscriber subscriber) {
        subscriber.heard();
      }
    }

    /** Tells the receiver that nothing comes any more. */
    void left() {
      if (receiver instanceof Subscriber subscriber) {
        subscriber.left();
      }
    }
  }

  private final Map<String, Subscription> wanted = new ConcurrentHashMap<>();

  /** Confirmations still to come for channels that are not wanted any more. */
  private final Map<String, Integer> stale = new HashMap<>();

  /** Subscriptions with a confirmation still to come. */
  private int unsettled;

  /** Whether the present connection has never been settled yet. */
  private boolean fresh;

  @Nullable Subscription get(String channel) {
    return wanted.get(channel);
  }

  int size() {
    return wanted.size();
  }

  List<String> channels() {
    return List.copyOf(wanted.keySet());
  }

  /** How many have a confirmation still to come. */
  int unsettled() {
    return unsettled;
  }

  /**
   * Adds a channel that is not wanted yet.
   *
   * @param asked whether there is a connection, on which the caller asks for it
   */
  Subscription add(String channel, Consumer<byte[]> receiver, boolean asked) {
    Subscription added = new Subscription(receiver);
    wanted.put(channel, added);
    if (asked) {
      ask(added);
      Integer earlier = stale.remove(channel);
      added.outstanding += earlier == null ? 0 : earlier;
    } else {
      added.confirmed.complete(null);
    }
    return added;
  }

  /** The broker is asked for it once more. */
  void ask(Subscription subscription) {
    if (subscription.outstanding++ == 0) {
      unsettled++;
    }
  }

  void askAll() {
    wanted.values().forEach(this::ask);
  }

  void remove(String channel, Subscription subscription) {
    wanted.remove(channel);
    if (subscription.outstanding > 0) {
      stale.merge(channel, subscription.outstanding, Integer::sum);
      subscription.outstanding = 0;
      unsettled--;
    }
  }

  /** A confirmation came; returns the subscription when it was the last one missing. */
  @Nullable Subscription confirmed(String channel) {
    Subscription subscription = wanted.get(channel);
    if (subscription == null) {
      stale.computeIfPresent(channel, (name, count) -> count > 1 ? count - 1 : null);
      return null;
    }
    // An earlier command's confirmation is worth nothing when an UNSUBSCRIBE follows it.
    if (subscription.outstanding == 0 || --subscription.outstanding > 0) {
      return null;
    }
    unsettled--;
    return subscription;
  }

  /** The broker refused a command; returns the subscription that is not wanted any more then. */
  @Nullable Subscription refused(String channel) {
    Subscription subscription = wanted.get(channel);
    if (subscription == null || subscription.confirmed.isDone()) {
      return null;
    }
    subscription.outstanding--;
    unsettled -= subscription.outstanding == 0 ? 1 : 0;
    remove(channel, subscription);
    return subscription;
  }

  /** A new connection stands, on which everything is asked for. */
  void connected() {
    fresh = true;
    for (Subscription subscription : wanted.values()) {
      if (subscription.outstanding == 0) {
        ask(subscription);
      }
      if (subscription.confirmed.isDone()) {
        subscription.confirmed = new CompletableFuture<>();
      }
    }
  }

  /** The connection is lost; returns what somebody may wait for. */
  List<CompletableFuture<Void>> disconnected() {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    unsettled = 0;
    stale.clear();
    for (Subscription subscription : wanted.values()) {
      subscription.outstanding = 0;
      waiting.add(subscription.confirmed);
    }
    return waiting;
  }

  /** True once for each connection: when no confirmation is missing any more. */
  boolean settledForTheFirstTime() {
    boolean now = fresh && unsettled == 0;
    if (now) {
      fresh = false;
    }
    return now;
  }
}
