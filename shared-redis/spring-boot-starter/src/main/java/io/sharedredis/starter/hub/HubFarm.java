package io.sharedredis.starter.hub;

import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.hub.ClaimKeeper;
import io.sharedredis.lettuce.hub.ClaimStore;
import io.sharedredis.lettuce.hub.ClaimTimes;
import io.sharedredis.lettuce.hub.RedisClaims;
import io.sharedredis.spring.hub.FarmClaims;
import io.sharedredis.starter.Farm;
import org.jspecify.annotations.Nullable;

/**
 * What this replica shares of its connections with the others of its farm.
 *
 * @param claims whose connections are whose; null where there is one replica
 */
record HubFarm(@Nullable FarmClaims claims) implements AutoCloseable {

  static HubFarm of(Farm farm, HubServerName server, RedisNetwork network, ClaimTimes times) {
    RedisAddress address = farm.backplane();
    if (address == null) {
      return new HubFarm(null);
    }
    ClaimStore store =
        new RedisClaims(network, address, farm.applicationName(), server.value(), times);
    return new HubFarm(new FarmClaims(store, new ClaimKeeper(store, times, System::nanoTime)));
  }

  @Override
  public void close() {
    if (claims != null) {
      claims.store().close();
    }
  }
}
