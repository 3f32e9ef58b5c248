package io.sharedredis.lettuce.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Pub/sub in one JVM that loses what a test wants lost. One thread. */
final class LossyWire {
  private final Map<String, Consumer<byte[]>> listeners = new HashMap<>();
  private final Queue<Runnable> travelling = new ArrayDeque<>();
  private boolean delivering;
  private boolean held;
  private Predicate<Envelope> lost = envelope -> false;
  int published;

  /** Number of every replica's listening connection. */
  long epoch = 1;

  /** Everything that was published, whether it arrived or not. */
  final List<Said> said = new ArrayList<>();

  record Said(String channel, byte[] payload) {}

  /** Publishes bytes as they are, as anybody could. */
  void publish(String channel, byte[] payload) {
    Consumer<byte[]> listener = listeners.get(channel);
    if (listener != null) {
      listener.accept(payload);
    }
  }

  /** Loses what matches, from now on. */
  void lose(Predicate<Envelope> which) {
    lost = which;
  }

  /** Stops and starts delivery, as a Redis that stalls: what was published arrives later. */
  void hold(boolean value) {
    held = value;
    deliver();
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (!held && !travelling.isEmpty()) {
      travelling.remove().run();
    }
    delivering = false;
  }

  RelayWire replica() {
    return new RelayWire() {
      @Override
      public CompletionStage<Void> publish(String channel, byte[] payload) {
        published++;
        Envelope envelope = RelayCodec.peek(payload);
        if (envelope == null) {
          throw new IllegalStateException("nothing of the relay's was published");
        }
        said.add(new Said(channel, payload));
        if (lost.test(envelope)) {
          return CompletableFuture.failedFuture(new IllegalStateException("lost"));
        }
        travelling.add(
            () -> {
              Consumer<byte[]> listener = listeners.get(channel);
              if (listener != null) {
                listener.accept(payload);
              }
            });
        deliver();
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public CompletionStage<Boolean> hasListeners(String channel) {
        return CompletableFuture.completedFuture(listeners.containsKey(channel));
      }

      @Override
      public void listen(String channel, Consumer<byte[]> receiver) {
        listeners.put(channel, receiver);
      }

      @Override
      public void leave(String channel) {
        listeners.remove(channel);
      }

      @Override
      public long epoch() {
        return epoch;
      }

      @Override
      public boolean settled() {
        return !held;
      }
    };
  }
}
