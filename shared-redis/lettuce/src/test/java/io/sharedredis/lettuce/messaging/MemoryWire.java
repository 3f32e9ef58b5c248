package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.relay.RelayWire;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pub/sub in one JVM: each wire is one replica's. */
final class MemoryWire implements RelayWire {

  /** The broker between wires. */
  static final class Broker {
    private final List<MemoryWire> wires = new CopyOnWriteArrayList<>();

    MemoryWire connect() {
      MemoryWire wire = new MemoryWire(this);
      wires.add(wire);
      return wire;
    }

    void publish(String channel, byte[] payload) {
      for (MemoryWire wire : wires) {
        Consumer<byte[]> listener = wire.listeners.get(channel);
        if (listener != null) {
          listener.accept(payload);
        }
      }
    }
  }

  private final Broker broker;
  private final Map<String, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();

  /** What each publish ends with, in place of being published. */
  volatile @Nullable CompletionStage<Void> answer;

  private MemoryWire(Broker broker) {
    this.broker = broker;
  }

  @Override
  public CompletionStage<Void> publish(String channel, byte[] payload) {
    CompletionStage<Void> other = answer;
    if (other != null) {
      return other;
    }
    broker.publish(channel, payload);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Boolean> hasListeners(String channel) {
    return CompletableFuture.completedFuture(listeners.containsKey(channel));
  }

  /** SUBSCRIBE and UNSUBSCRIBE commands that this wire was asked for. */
  final AtomicInteger commands = new AtomicInteger();

  @Override
  public void listen(String channel, Consumer<byte[]> receiver) {
    commands.incrementAndGet();
    listeners.put(channel, receiver);
  }

  @Override
  public void leave(String channel) {
    commands.incrementAndGet();
    listeners.remove(channel);
  }

  @Override
  public void listenAll(Map<String, Consumer<byte[]>> receivers) {
    commands.incrementAndGet();
    listeners.putAll(receivers);
  }

  @Override
  public void leaveAll(Collection<String> channels) {
    commands.incrementAndGet();
    channels.forEach(listeners::remove);
  }

  int channels() {
    return listeners.size();
  }

  @Override
  public boolean settled() {
    return true;
  }
}
