package io.sharedredis.cli;

import io.sharedredis.lettuce.backplane.HubTraffic;
import io.sharedredis.lettuce.backplane.TrafficEvent;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** What a hub's servers say to each other over Redis, as lines. */
final class RedisTraffic implements AutoCloseable {

  private final RedisNetwork network;
  private final RedisAddress address;
  private final ScheduledExecutorService timers;
  private final HubTraffic traffic;
  private final String hub;

  private RedisTraffic(
      RedisNetwork network,
      RedisAddress address,
      ScheduledExecutorService timers,
      HubTraffic traffic,
      String hub) {
    this.network = network;
    this.address = address;
    this.timers = timers;
    this.traffic = traffic;
    this.hub = hub;
  }

  static RedisTraffic open(HubOptions hub, boolean replicas, Surroundings io) {
    RedisNetwork network = new RedisNetwork(RedisRing.DEADLINES);
    try {
      RedisAddress address = RedisHub.reach(network, hub, io);
      ScheduledExecutorService timers =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "hub-watch");
                thread.setDaemon(true);
                return thread;
              });
      HubTraffic traffic =
          new HubTraffic(
              network,
              address,
              hub.channelPrefix,
              hub.hub,
              replicas,
              io.clock(),
              timers,
              io.random());
      return new RedisTraffic(network, address, timers, traffic, hub.hub);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * One line.
   *
   * @param text for people, without a time if it is no message
   * @param json members of the line with {@code --json}; null for what is no message but about the
   *     connection
   */
  record Line(String text, @Nullable Map<String, @Nullable Object> json, boolean malformed) {}

  /** The next line; null when there is none within that time. */
  @Nullable Line next(Duration longest) throws InterruptedException {
    TrafficEvent event = traffic.next(longest);
    if (event instanceof TrafficEvent.Seen seen) {
      return RedisTrafficView.of(seen);
    }
    if (event instanceof TrafficEvent.Listening) {
      return notice("listening to hub " + Printable.of(hub) + " at " + address);
    }
    if (event instanceof TrafficEvent.Lost) {
      return notice("the connection to Redis was lost; connecting again");
    }
    if (event instanceof TrafficEvent.Skipped skipped) {
      return notice(skipped.messages() + " messages came faster than they were read: not shown");
    }
    if (event instanceof TrafficEvent.Refused refused) {
      throw new FailedException("Redis does not allow to listen: " + Printable.of(refused.why()));
    }
    return null;
  }

  private static Line notice(String text) {
    return new Line(text, null, false);
  }

  @Override
  public void close() {
    traffic.close();
    timers.shutdownNow();
    network.close();
  }
}
