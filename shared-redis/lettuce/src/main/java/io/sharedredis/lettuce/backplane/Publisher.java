package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ReturnAddress;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Serializes messages for every protocol of the hub, stamps and publishes them. Thread-safe. */
final class Publisher {

  private final BackplaneBus bus;
  private final Gate gate;
  private final List<HubProtocol> protocols;
  private final int maxBytes;
  private final long id;
  private final ChannelNumbers numbers = new ChannelNumbers();
  private final EchoTimes times = new EchoTimes();

  Publisher(BackplaneBus bus, Gate gate, List<HubProtocol> protocols, int maxBytes, long id) {
    this.bus = bus;
    this.gate = gate;
    this.protocols = List.copyOf(protocols);
    this.maxBytes = maxBytes;
    this.id = id;
  }

  /**
   * Serializes before anything is delivered, so that a value that cannot be written harms nobody.
   */
  Outgoing prepare(Invocation message) {
    SerializedHubMessage serialized = SerializedHubMessage.of(message);
    Map<String, byte[]> framed = new LinkedHashMap<>();
    for (HubProtocol protocol : protocols) {
      byte[] bytes = serialized.bytes(protocol);
      if (bytes != null) {
        framed.put(protocol.name(), bytes);
      }
    }
    return new Outgoing(serialized, framed);
  }

  CompletionStage<Void> publish(String channel, Set<String> excluded, Outgoing outgoing) {
    return publish(channel, excluded, outgoing.framed(), null);
  }

  /** Publishes a message that is framed for one connection. */
  CompletionStage<Void> forward(String channel, String protocol, byte[] frame) {
    return publish(channel, Set.of(), Map.of(protocol, frame), null);
  }

  /** Publishes a call whose answer is awaited on {@code returnChannel}. */
  CompletionStage<Void> ask(String channel, Invocation call, String returnChannel) {
    String invocationId = call.invocationId();
    if (invocationId == null) {
      throw new IllegalArgumentException("a call that wants an answer needs an invocation id");
    }
    return publish(
        channel, Set.of(), prepare(call).framed(), new ReturnAddress(invocationId, returnChannel));
  }

  private CompletionStage<Void> publish(
      String channel,
      Set<String> excluded,
      Map<String, byte[]> framed,
      @Nullable ReturnAddress wanted) {
    return gate.pass(
        () ->
            numbers
                .next(
                    channel,
                    (number, previous) ->
                        send(
                            channel,
                            new Delivery(
                                excluded, framed, wanted, new Stamp(id, number, previous))))
                .whenComplete(
                    (done, failure) -> {
                      if (failure != null) {
                        numbers.broken(channel);
                      }
                    }));
  }

  private CompletionStage<Void> send(String channel, Delivery delivery) {
    byte[] payload = BackplaneCodec.encode(delivery);
    if (payload.length > maxBytes) {
      return CompletableFuture.failedFuture(
          BackplaneException.notSent(
              "it is " + payload.length + " bytes long, more than the " + maxBytes + " allowed"));
    }
    Stamp stamp = delivery.stamp();
    if (stamp != null) {
      times.published(stamp.number());
    }
    return bus.publish(channel, payload);
  }

  /** Whether the stamp is this replica's own. */
  boolean own(@Nullable Stamp stamp) {
    return stamp != null && stamp.publisher() == id;
  }

  /** How long ago an own message was published, in nanoseconds; negative when no longer known. */
  long age(Stamp stamp) {
    return times.age(stamp.number());
  }
}
