package io.sharedredis.lettuce.backplane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The twin of a Redis server for replicas in one JVM: same order, same loss. Payloads travel on the
 * thread that publishes, one after the other; what a receiver publishes waits its turn.
 */
final class InMemoryBroker {

  private final List<Bus> buses = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> travelling = new ArrayDeque<>();
  private final InMemoryHistory history;
  private final InMemoryPlaces places = new InMemoryPlaces();
  private boolean draining;

  InMemoryBroker() {
    this(ReliableOptions.defaults().maxLength());
  }

  /**
   * @param maxLength reliable messages kept for each channel
   */
  InMemoryBroker(int maxLength) {
    this.history = new InMemoryHistory(maxLength);
  }

  /** What is kept of reliable messages. */
  InMemoryHistory history() {
    return history;
  }

  /** What is kept of what clients have received. */
  InMemoryPlaces places() {
    return places;
  }

  /** A replica's access to this broker. */
  Bus connect() {
    Bus bus = new Bus();
    buses.add(bus);
    bus.reconnect();
    return bus;
  }

  private void enqueue(Runnable delivery) {
    synchronized (travelling) {
      travelling.add(delivery);
      if (draining) {
        return;
      }
      draining = true;
    }
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private @Nullable Runnable next() {
    synchronized (travelling) {
      Runnable next = travelling.poll();
      draining = next != null;
      return next;
    }
  }

  /** One replica's connection, which can be cut. */
  final class Bus implements BackplaneBus, SubscriptionTable.Wire {

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final SubscriptionTable table =
        new SubscriptionTable(() -> watchers.forEach(Watcher::settled));
    private final Set<String> channels = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile boolean connected;

    @Override
    public CompletionStage<Void> publish(String channel, byte[] payload) {
      if (!connected) {
        return CompletableFuture.failedFuture(
            BackplaneException.notSent("the broker is not connected"));
      }
      CompletableFuture<Void> sent = new CompletableFuture<>();
      enqueue(
          () -> {
            deliver(channel, payload);
            sent.complete(null);
          });
      return sent;
    }

    private void deliver(String channel, byte[] payload) {
      for (Bus bus : new ArrayList<>(buses)) {
        if (bus.connected && bus.channels.contains(channel)) {
          boolean ignored = bus.table.deliver(channel, payload);
        }
      }
    }

    /** This replica's access to the history, which is cut with the connection. */
    History history() {
      return new History() {
        @Override
        public CompletionStage<Appended> append(
            String channel, long publisher, List<Entry> batch, Position confirmed) {
          return connected(
              () ->
                  new Appended(
                      history.append(
                          channel,
                          publisher,
                          batch,
                          confirmed,
                          (name, payload) -> enqueue(() -> deliver(name, payload))),
                      true));
        }

        @Override
        public CompletionStage<Position> end(String channel) {
          return connected(() -> history.end(channel));
        }

        @Override
        public CompletionStage<Page> after(
            String channel, Position position, int messages, int bytes) {
          return connected(() -> history.after(channel, position, messages, bytes));
        }
      };
    }

    /** This replica's access to what clients have received, which is cut with the connection. */
    PlaceStore places() {
      return new PlaceStore() {
        @Override
        public CompletionStage<Claim> claim(PlaceKey key) {
          return connected(() -> places.claim(key));
        }

        @Override
        public CompletionStage<Boolean> write(PlaceKey key, long claim, byte[] record) {
          return connected(() -> places.write(key, claim, record));
        }
      };
    }

    private <T> CompletionStage<T> connected(Supplier<T> answer) {
      return connected
          ? CompletableFuture.completedFuture(answer.get())
          : CompletableFuture.failedFuture(
              new HistoryException(HistoryException.Kind.NOT_SENT, "the broker is not connected"));
    }

    @Override
    public CompletionStage<Long> subscribers(String channel) {
      return CompletableFuture.completedFuture(
          buses.stream().filter(bus -> bus.connected && bus.channels.contains(channel)).count());
    }

    @Override
    public CompletionStage<Void> settle(
        String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
      return table.settle(channel, wanted, receiver);
    }

    @Override
    public void listenAll(Map<String, Consumer<byte[]>> receivers) {
      table.wantAll(receivers);
    }

    @Override
    public void leaveAll(Collection<String> unwanted) {
      table.forgetAll(unwanted);
    }

    @Override
    public void subscribe(List<String> wanted) {
      for (String channel : wanted) {
        if (refused.contains(channel)) {
          table.refused(channel, BackplaneException.notSent("the broker refuses " + channel));
        } else {
          channels.add(channel);
          table.confirmed(channel);
        }
      }
    }

    @Override
    public void unsubscribe(List<String> unwanted) {
      unwanted.forEach(channels::remove);
    }

    @Override
    public void watch(Watcher watcher) {
      watchers.add(watcher);
    }

    @Override
    public boolean canPublish() {
      return connected;
    }

    @Override
    public boolean settled() {
      return connected && table.settled();
    }

    /** The broker refuses to deliver a channel here, or not any more. */
    void refuse(String channel, boolean now) {
      if (now) {
        refused.add(channel);
      } else {
        refused.remove(channel);
      }
    }

    /** Hears nothing until {@link #reconnect}; whatever else is asked is answered. */
    void stopListening() {
      channels.clear();
      table.disconnected();
    }

    void disconnect() {
      connected = false;
      channels.clear();
      table.disconnected();
      watchers.forEach(Watcher::lost);
    }

    void reconnect() {
      connected = true;
      table.connected(this);
    }

    /** Channels that this replica is subscribed to now. */
    Set<String> channels() {
      return Set.copyOf(channels);
    }

    @Override
    public void close() {
      disconnect();
      buses.remove(this);
    }
  }
}
