package io.sharedredis.cli;

import io.sharedredis.lettuce.backplane.BackplaneException;
import io.sharedredis.lettuce.backplane.HubSender;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.util.Locale;
import java.util.Objects;

/** Sends to a hub's clients over Redis. */
final class RedisHub implements AutoCloseable {

  private final RedisNetwork network;
  private final HubSender sender;

  private RedisHub(RedisNetwork network, HubSender sender) {
    this.network = network;
    this.sender = sender;
  }

  static RedisHub open(HubOptions hub, Surroundings io) {
    RedisNetwork network = new RedisNetwork(RedisRing.DEADLINES);
    HubSender sender = null;
    try {
      RedisAddress address = reach(network, hub, io);
      sender = new HubSender(network, address, hub.channelPrefix, hub.hub);
      RedisRing.await(sender.firstConnected(), address);
      return new RedisHub(network, sender);
    } catch (RuntimeException e) {
      if (sender != null) {
        sender.close();
      }
      network.close();
      throw e;
    }
  }

  /** Where the Redis of the options is, once it was seen to answer. */
  static RedisAddress reach(RedisNetwork network, HubOptions hub, Surroundings io) {
    RedisRing.Server server = RedisRing.server(Objects.requireNonNull(hub.redis), hub.login, io);
    RedisRing.checkConnection(network, server.address(), server.withPassword());
    return server.address();
  }

  /** The call of a method as servers publish it. */
  static byte[] payload(String target, String arguments) {
    try {
      return HubSender.payload(target, arguments);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "<json arguments>: " + e.getMessage() + "; write a JSON array, such as '[\"hello\",7]'",
          e);
    }
  }

  /** How many servers heard it. */
  long send(HubSend.Audience audience, byte[] payload) {
    try {
      return sender.send(
          HubSender.Audience.valueOf(audience.kind().toUpperCase(Locale.ROOT)),
          audience.name(),
          payload);
    } catch (BackplaneException e) {
      throw new FailedException(Printable.of(String.valueOf(e.getMessage())), e);
    }
  }

  @Override
  public void close() {
    sender.close();
    network.close();
  }
}
