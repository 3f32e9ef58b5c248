package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.ClientResultException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls to clients that no replica has, or has any more: asks Redis who listens for the
 * connection, at once and then again and again, since a replica that dies tells nobody. Observers
 * that listen by pattern do not count, unlike in the answer to PUBLISH. Thread-safe.
 */
final class AbsentConnections {

  /** Time between two looks; a caller whose client's replica died waits hardly longer. */
  static final Duration LOOK = Duration.ofSeconds(5);

  /**
   * After a look that found nobody comes another one before that is believed: 1 s, in which a
   * replica whose connection was replaced listens again.
   */
  static final Duration AGAIN = Duration.ofSeconds(1);

  private final BackplaneBus bus;
  private final Channels channels;
  private final BooleanSupplier allHere;
  private final ScheduledExecutorService scheduler;
  private final Map<CompletableFuture<@Nullable Object>, String> asked = new ConcurrentHashMap<>();
  private final ScheduledFuture<?> looking;

  /**
   * @param allHere whether every replica hears what it wants to hear, as far as is known; else
   *     nobody's absence means anything
   */
  AbsentConnections(
      BackplaneBus bus,
      Channels channels,
      BooleanSupplier allHere,
      ScheduledExecutorService scheduler) {
    this.bus = bus;
    this.channels = channels;
    this.allHere = allHere;
    this.scheduler = scheduler;
    this.looking =
        scheduler.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Watches over a call that Redis has taken until it has ended. */
  void watch(String connectionId, CompletableFuture<@Nullable Object> answer) {
    asked.put(answer, connectionId);
    var unused = answer.whenComplete((result, failure) -> asked.remove(answer));
    // Whom nobody hears now has not heard the call either, so this look is believed.
    ifAbsent(
        connectionId,
        answer,
        () -> answer.completeExceptionally(ClientResultException.unknownConnection(connectionId)));
  }

  private void look() {
    asked.forEach(
        (answer, connectionId) ->
            ifAbsent(connectionId, answer, () -> lookAgain(connectionId, answer)));
  }

  private void lookAgain(String connectionId, CompletableFuture<@Nullable Object> answer) {
    Runnable end =
        () -> answer.completeExceptionally(ClientResultException.disconnected(connectionId));
    var unused =
        scheduler.schedule(
            () -> ifAbsent(connectionId, answer, end), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  // Without an answer nothing is known, and the call goes on.
  private void ifAbsent(
      String connectionId, CompletableFuture<@Nullable Object> answer, Runnable action) {
    if (answer.isDone() || !allHere.getAsBoolean()) {
      return;
    }
    var unused =
        bus.hasSubscribers(channels.connection(connectionId))
            .thenAccept(
                known -> {
                  if (!known && allHere.getAsBoolean()) {
                    action.run();
                  }
                })
            .exceptionally(failure -> null);
  }

  void close() {
    looking.cancel(false);
  }
}
