package io.sharedredis.starter.hub;

import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.hub.ClaimKeeper;
import io.sharedredis.lettuce.hub.ClaimStore;
import io.sharedredis.lettuce.hub.ClaimTimes;
import io.sharedredis.lettuce.hub.RedisClaims;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.spring.hub.FarmClaims;
import io.sharedredis.spring.hub.Handovers;
import org.jspecify.annotations.Nullable;

/**
 * What this replica shares of its connections with the others of its farm.
 *
 * @param claims whose connections are whose; null where there is one replica
 * @param relay the way to the others; null where there is one replica, or no key ring
 * @param handovers how connections go to others and come from them; null where they cannot
 */
record HubFarm(@Nullable FarmClaims claims, @Nullable Relay relay, @Nullable Handovers handovers)
    implements AutoCloseable {

  /** One replica alone. */
  static HubFarm alone() {
    return new HubFarm(null, null, null);
  }

  static HubFarm over(
      RedisNetwork network,
      RedisAddress address,
      String application,
      String server,
      ClaimTimes times,
      @Nullable Relay relay,
      @Nullable Handovers handovers) {
    ClaimStore store =
        new RedisClaims(network, address, application, server, times, System::nanoTime);
    return new HubFarm(
        new FarmClaims(store, new ClaimKeeper(store, times, System::nanoTime)), relay, handovers);
  }

  /** This process stops: whoever waits here for another replica is answered soon. */
  void drain() {
    if (relay != null) {
      relay.drain();
    }
  }

  /** Whether the others have heard everything that was said to them. */
  boolean quiet() {
    return relay == null || relay.quiet();
  }

  @Override
  public void close() {
    if (relay != null) {
      relay.close();
    }
    if (handovers != null) {
      handovers.cuts().close();
    }
    if (claims != null) {
      claims.store().close();
    }
  }
}
