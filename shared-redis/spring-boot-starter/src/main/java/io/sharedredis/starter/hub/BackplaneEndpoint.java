package io.sharedredis.starter.hub;

import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.backplane.BackplaneState;
import io.sharedredis.lettuce.backplane.BackplaneState.HubState;
import io.sharedredis.lettuce.backplane.BackplaneState.Probe;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The actuator endpoint {@code backplane}: whether this replica hears the others and is heard, and
 * what waits. Names replicas and hubs, no user, no group and nothing secret. Reads memory only: it
 * answers while Redis is away. Thread-safe.
 */
@Endpoint(id = "backplane")
final class BackplaneEndpoint {

  private final HubLifetimeFactory factory;

  BackplaneEndpoint(HubLifetimeFactory factory) {
    this.factory = factory;
  }

  @ReadOperation
  BackplaneView state() {
    return factory instanceof RedisBackplane backplane
        ? BackplaneView.of(backplane.state())
        : BackplaneView.NONE;
  }

  /**
   * How this replica is joined with the others.
   *
   * @param kind {@code redis}, or {@code none} where hubs reach this replica's clients only; then
   *     everything else is null
   */
  record BackplaneView(
      String kind,
      @Nullable String server,
      @Nullable String redis,
      @Nullable String channelPrefix,
      @Nullable Bus bus,
      @Nullable Map<String, Integer> subscriptions,
      @Nullable Probe probe,
      @Nullable Lag lag,
      @Nullable Map<String, Long> counters,
      @Nullable List<HubState> hubs) {

    static final BackplaneView NONE =
        new BackplaneView("none", null, null, null, null, null, null, null, null, null);

    static BackplaneView of(BackplaneState state) {
      return new BackplaneView(
          "redis",
          state.server(),
          state.redis(),
          state.channelPrefix(),
          new Bus(state.canPublish(), state.listening(), state.settled(), state.unconfirmed()),
          state.subscriptions(),
          state.probe(),
          new Lag(state.meanLag().toNanos() / 1e6, state.maxLag().toNanos() / 1e6),
          state.counters(),
          state.hubs());
    }
  }

  /**
   * The two connections to Redis.
   *
   * @param publishing whether the one that publishes stands
   * @param listening whether the one that listens stands
   * @param settled whether both stand and every subscription is confirmed
   * @param unconfirmed subscriptions that are not
   */
  record Bus(boolean publishing, boolean listening, boolean settled, int unconfirmed) {}

  /**
   * From publishing to receiving, in milliseconds, of this replica's own messages since the start.
   */
  record Lag(double meanMillis, double maxMillis) {}
}
