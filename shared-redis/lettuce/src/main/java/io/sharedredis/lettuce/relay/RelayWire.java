package io.sharedredis.lettuce.relay;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Publish and subscribe, as the relay needs it. Nothing blocks; safe for use by many threads. */
public interface RelayWire {

  /** Publishes; payloads on one channel arrive in the order of the calls, or not at all. */
  CompletionStage<Void> publish(String channel, byte[] payload);

  /** Whether anybody listens to the channel now. */
  CompletionStage<Boolean> hasListeners(String channel);

  /** Hands over what is published on the channel, on a thread that must not block. */
  void listen(String channel, Consumer<byte[]> receiver);

  /** As {@link #listen}; completes when what is published from then on arrives. */
  default CompletionStage<Void> listening(String channel, Consumer<byte[]> receiver) {
    listen(channel, receiver);
    return CompletableFuture.completedFuture(null);
  }

  /** Listens no more. */
  void leave(String channel);

  /** As {@link #listen} for each, in few commands. */
  default void listenAll(Map<String, Consumer<byte[]>> receivers) {
    receivers.forEach(this::listen);
  }

  /** As {@link #leave} for each, in few commands. */
  default void leaveAll(Collection<String> channels) {
    channels.forEach(this::leave);
  }

  /**
   * Another number after each loss of the connection that listens; negative while there is none.
   */
  default long epoch() {
    return 0;
  }

  /** Whether publishing works and everything is heard, as far as is known. */
  boolean settled();
}
