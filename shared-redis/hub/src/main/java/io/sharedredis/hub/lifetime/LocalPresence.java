package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Presence on a hub whose connections are all in this process. */
record LocalPresence(LocalConnections here) implements Presence {

  @Override
  public Subject user(String userId) {
    return () -> answer(here.hasUser(userId));
  }

  @Override
  public Subject group(String name) {
    return () -> answer(here.hasGroup(name));
  }

  @Override
  public Subject connection(String connectionId) {
    return () -> answer(here.get(connectionId) != null);
  }

  @Override
  public CompletionStage<Count> connections() {
    return answer(new Count(here.size(), false));
  }

  private static <T> CompletionStage<T> answer(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
