package io.sharedredis.lettuce.backplane;

import java.util.function.Consumer;

/** A receiver that wants to know when its channel is heard. Its methods must not block. */
interface Subscriber extends Consumer<byte[]> {

  /**
   * From here on everything is heard: the first time, after a lost connection, and when the broker
   * was asked again because it may have forgotten. Comes before the payloads that it is about.
   */
  void heard();

  /** The channel is not wanted any more. */
  void left();
}
