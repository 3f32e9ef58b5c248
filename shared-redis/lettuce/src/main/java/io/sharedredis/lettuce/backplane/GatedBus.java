package io.sharedredis.lettuce.backplane;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A bus whose payloads pass a {@link Gate}. */
final class GatedBus implements BackplaneBus {

  private final BackplaneBus bus;
  private final Gate gate;

  GatedBus(BackplaneBus bus, Gate gate) {
    this.bus = bus;
    this.gate = gate;
  }

  @Override
  public CompletionStage<Void> publish(String channel, byte[] payload) {
    return gate.pass(() -> bus.publish(channel, payload));
  }

  @Override
  public CompletionStage<Long> subscribers(String channel) {
    return bus.subscribers(channel);
  }

  @Override
  public CompletionStage<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    return bus.settle(channel, wanted, receiver);
  }

  @Override
  public void listenAll(Map<String, Consumer<byte[]>> receivers) {
    bus.listenAll(receivers);
  }

  @Override
  public void leaveAll(Collection<String> channels) {
    bus.leaveAll(channels);
  }

  @Override
  public void watch(Watcher watcher) {
    bus.watch(watcher);
  }

  @Override
  public boolean canPublish() {
    return bus.canPublish();
  }

  @Override
  public boolean settled() {
    return bus.settled();
  }

  /** The bus underneath belongs to others too. */
  @Override
  public void close() {}
}
