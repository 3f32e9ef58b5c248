package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.lifetime.LocalConnections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Presence across replicas. A replica listens to the channel of each connection, user and group
 * that it has, and to no other: who listens is present. That is exact at once after a disconnect or
 * a crash, since Redis ends the subscriptions of a process that is gone, and holds for .NET servers
 * too.
 */
record FarmPresence(BackplaneBus bus, Channels channels, LocalConnections here, Peers peers)
    implements Presence {

  @Override
  public Subject user(String userId) {
    return () -> present(channels.user(userId), () -> here.hasUser(userId));
  }

  @Override
  public Subject group(String name) {
    return () -> present(channels.group(name), () -> here.hasGroup(name));
  }

  @Override
  public Subject connection(String connectionId) {
    return () -> present(channels.connection(connectionId), () -> here.get(connectionId) != null);
  }

  private CompletionStage<Boolean> present(String channel, BooleanSupplier locally) {
    return locally.getAsBoolean()
        ? CompletableFuture.completedFuture(true)
        : bus.hasSubscribers(channel);
  }

  /**
   * Every server of the hub listens to the channel for all; who does not announce itself counts
   * not.
   */
  @Override
  public CompletionStage<Count> connections() {
    return bus.subscribers(channels.all())
        .thenApply(
            servers -> new Count(here.size() + peers.connections(), servers > peers.count() + 1L));
  }
}
