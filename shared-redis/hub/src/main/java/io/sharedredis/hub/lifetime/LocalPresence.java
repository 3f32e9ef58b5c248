package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.PresenceEvent;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Presence on a hub whose connections are all in this process. */
record LocalPresence(LocalConnections here, PresenceListeners listeners) implements Presence {

  @Override
  public Subject user(String userId) {
    return new Local(() -> here.connectionsOf(userId));
  }

  @Override
  public Subject group(String name) {
    return new Local(() -> here.membersOf(name));
  }

  @Override
  public Subject connection(String connectionId) {
    return new Local(() -> here.get(connectionId) == null ? Set.of() : Set.of(connectionId));
  }

  @Override
  public CompletionStage<Count> connections() {
    return answer(new Count(here.size(), false));
  }

  @Override
  public Roll everyone() {
    return new Local(here::connectionIds);
  }

  @Override
  public Roll users() {
    return new Local(here::userIds);
  }

  @Override
  public Roll groups() {
    return new Local(here::groupNames);
  }

  @Override
  public Listening listen(Consumer<PresenceEvent> listener) {
    return listeners.add(listener);
  }

  private static <T> CompletionStage<T> answer(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private record Local(Supplier<? extends Collection<String>> names) implements Subject {

    @Override
    public CompletionStage<Boolean> isConnected() {
      return answer(!names.get().isEmpty());
    }

    @Override
    public CompletionStage<Count> count() {
      return answer(new Count(names.get().size(), false));
    }

    @Override
    public CompletionStage<Page> page(@Nullable String after, int limit) {
      return answer(Pages.of(List.of(names.get()), after, Page.requireLimit(limit), false));
    }
  }
}
