package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.presence.PresenceTimes;
import io.sharedredis.lettuce.presence.RedisPresence;
import io.sharedredis.testkit.backplane.LineProtocol;
import io.sharedredis.testkit.backplane.TestConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A replica that records who is connected, in this process or in one of its own to be killed. */
final class PresenceReplica implements AutoCloseable {

  private static final HubProtocol LINE = new LineProtocol("line");

  /** Short, so that a test need not wait; long enough for a machine that is busy. */
  static final PresenceTimes TIMES =
      new PresenceTimes(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofHours(1));

  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  final RedisBackplane backplane;
  final HubLifetime lifetime;

  PresenceReplica(String url, String hub) {
    RedisAddress address = RedisAddress.parse("test", url);
    backplane =
        new RedisBackplane(
            network,
            address,
            BackplaneOptions.named("host_" + UUID.randomUUID().toString().replace("-", "")),
            InstantSource.system(),
            timers,
            new SecureRandom(),
            new BackplaneMeters());
    backplane.record(new RedisPresence(network, address, "shop", TIMES));
    lifetime = backplane.create(hub, List.of(LINE));
  }

  TestConnection connect(String id, String user, String... groups) {
    TestConnection connection = new TestConnection(id, user, LINE);
    lifetime.onConnected(connection).toCompletableFuture().join();
    for (String group : groups) {
      lifetime.addToGroup(id, group).toCompletableFuture().join();
    }
    return connection;
  }

  void disconnect(TestConnection connection) {
    lifetime.onDisconnected(connection).toCompletableFuture().join();
  }

  @Override
  public void close() {
    lifetime.close();
    backplane.close();
    timers.shutdownNow();
    network.close();
  }

  /**
   * A process with some connections, until it is killed.
   *
   * @param arguments URL of Redis, hub, number of connections
   */
  public static void main(String[] arguments) throws InterruptedException {
    PresenceReplica replica = new PresenceReplica(arguments[0], arguments[1]);
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      TestConnection unused = replica.connect("killed-" + i, "user " + i, "room");
    }
    Thread.sleep(Duration.ofMinutes(5).toMillis());
  }
}
