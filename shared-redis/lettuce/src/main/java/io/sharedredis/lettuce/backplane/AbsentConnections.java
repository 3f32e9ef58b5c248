package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.ClientResultException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls to clients that no replica has, or has any more: asks Redis who listens for the
 * connection, at once and then again and again, since a replica that dies tells nobody. Observers
 * that listen by pattern do not count, unlike in the answer to PUBLISH. Thread-safe.
 */
final class AbsentConnections {

  /** Time between two looks; a caller whose client's replica died waits no longer than that. */
  static final Duration LOOK = Duration.ofSeconds(5);

  private final BackplaneBus bus;
  private final Channels channels;
  private final Map<CompletableFuture<@Nullable Object>, String> asked = new ConcurrentHashMap<>();
  private final ScheduledFuture<?> looking;

  AbsentConnections(BackplaneBus bus, Channels channels, ScheduledExecutorService scheduler) {
    this.bus = bus;
    this.channels = channels;
    this.looking =
        scheduler.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Watches over a call until it has ended. */
  void watch(String connectionId, CompletableFuture<@Nullable Object> answer) {
    asked.put(answer, connectionId);
    var unused = answer.whenComplete((result, failure) -> asked.remove(answer));
    ask(connectionId, answer, ClientResultException.unknownConnection(connectionId));
  }

  private void look() {
    asked.forEach(
        (answer, connectionId) ->
            ask(connectionId, answer, ClientResultException.disconnected(connectionId)));
  }

  // Without an answer nothing is known, and the call goes on.
  private void ask(
      String connectionId,
      CompletableFuture<@Nullable Object> answer,
      ClientResultException absence) {
    var unused =
        bus.hasSubscribers(channels.connection(connectionId))
            .thenAccept(
                known -> {
                  if (!known) {
                    answer.completeExceptionally(absence);
                  }
                })
            .exceptionally(failure -> null);
  }

  void close() {
    looking.cancel(false);
  }
}
