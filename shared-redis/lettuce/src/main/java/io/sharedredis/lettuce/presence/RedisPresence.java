package io.sharedredis.lettuce.presence;

import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;

/** Presence of the hubs of one application in Redis. Connects in the background. Thread-safe. */
public final class RedisPresence implements AutoCloseable {

  private final RedisLink<String, String> link;
  private final String application;
  private final PresenceTimes times;

  /**
   * Begins to connect; returns at once.
   *
   * @param application isolates farms that share one Redis
   */
  public RedisPresence(
      RedisNetwork network, RedisAddress address, String application, PresenceTimes times) {
    this.link = new RedisLink<>(network, "hub presence", address, StringCodec.UTF8);
    this.application = application;
    this.times = times;
  }

  /** How it is kept. */
  public PresenceTimes times() {
    return times;
  }

  /**
   * The record of one hub.
   *
   * @throws IllegalArgumentException when the hub's name cannot be part of a key
   */
  public PresenceStore of(String hub) {
    if (hub.indexOf('{') >= 0 || hub.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "shared-redis.hub.presence needs a hub whose full name holds no braces, but there is '"
              + hub
              + "'");
    }
    return new RedisPresenceStore(
        link, "shared-redis:" + application + ":presence:{" + hub + "}:", times);
  }

  /** Runs {@code listener} each time Redis is back, on a thread that must not block. */
  public void onReturn(Runnable listener) {
    var unused = link.firstConnected().thenRun(listener).exceptionally(cancelled -> null);
    link.onReconnect(listener);
  }

  @Override
  public void close() {
    link.close();
  }
}
