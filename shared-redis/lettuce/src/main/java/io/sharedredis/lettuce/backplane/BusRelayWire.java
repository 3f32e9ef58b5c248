package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.relay.RelayWire;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Lends the backplane's bus to the relay. */
final class BusRelayWire implements RelayWire {

  private final BackplaneBus bus;

  BusRelayWire(BackplaneBus bus) {
    this.bus = bus;
  }

  @Override
  public CompletionStage<Void> publish(String channel, byte[] payload) {
    return bus.publish(channel, payload);
  }

  @Override
  public CompletionStage<Boolean> hasListeners(String channel) {
    return bus.hasSubscribers(channel);
  }

  @Override
  public void listen(String channel, Consumer<byte[]> receiver) {
    var unused = bus.settle(channel, () -> true, receiver);
  }

  @Override
  public CompletionStage<Void> listening(String channel, Consumer<byte[]> receiver) {
    return bus.settle(channel, () -> true, receiver);
  }

  @Override
  public void leave(String channel) {
    var unused = bus.settle(channel, () -> false, payload -> {});
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
  public long epoch() {
    return bus.listeningEpoch();
  }

  @Override
  public boolean settled() {
    return bus.settled();
  }
}
