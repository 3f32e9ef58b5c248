package io.sharedredis.lettuce.relay;

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

  /** Listens no more. */
  void leave(String channel);

  /** Whether publishing works and everything is heard, as far as is known. */
  boolean settled();
}
