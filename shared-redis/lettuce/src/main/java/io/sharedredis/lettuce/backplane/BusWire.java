package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;

/** Sends the table's commands of a bus on one connection, and hears what comes of them. */
final class BusWire implements SubscriptionTable.Wire, BusChannels.Listener {

  private final RedisBus bus;
  private final BusChannels commands;
  private final StatefulRedisPubSubConnection<String, byte[]> connection;

  BusWire(
      RedisBus bus,
      BusChannels commands,
      StatefulRedisPubSubConnection<String, byte[]> connection) {
    this.bus = bus;
    this.commands = commands;
    this.connection = connection;
  }

  @Override
  public void heard(String name, byte[] payload) {
    if (!bus.table().deliver(name, payload)) {
      bus.table().unwanted(name);
    }
  }

  @Override
  public void confirmed(String name, long count) {
    bus.works(connection);
    bus.table().confirmed(name);
    bus.probe().confirmed(name, count);
  }

  @Override
  public void taken() {
    bus.left(connection, "its channels have moved");
  }

  @Override
  public void subscribe(List<String> channels) {
    var unused =
        commands
            .subscribe(connection, channels.toArray(String[]::new))
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    refused(channels, Failures.unwrap(failure));
                  }
                });
  }

  /** One channel that the ACL forbids makes Redis refuse the whole command. */
  private void refused(List<String> channels, Throwable failure) {
    if (commands.moved(failure)) {
      bus.left(connection, "its channels have moved: " + failure.getMessage());
    } else if (!(failure instanceof RedisCommandExecutionException)) {
      bus.notAsked(connection, failure);
    } else if (channels.size() > 1) {
      channels.forEach(channel -> subscribe(List.of(channel)));
    } else {
      bus.refused(channels.get(0), failure);
    }
  }

  @Override
  public void unsubscribe(List<String> channels) {
    // When it fails the connection is lost, and with it the subscription.
    var unused = commands.unsubscribe(connection, channels.toArray(String[]::new));
  }
}
