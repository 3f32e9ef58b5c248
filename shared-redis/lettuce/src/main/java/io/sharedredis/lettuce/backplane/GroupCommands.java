package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Changes groups of connections that other replicas hold, and waits for their acks. Thread-safe.
 */
final class GroupCommands {

  /** Commands that may wait at once; more are refused, so that lost acks cannot fill memory. */
  private static final int MAX_WAITING = 10_000;

  /** A server that has the connection without listening for it is odd, but may still answer. */
  static final Duration GRACE = Duration.ofMillis(500);

  private final BackplaneBus bus;
  private final Channels channels;
  private final String server;
  private final Duration deadline;
  private final ScheduledExecutorService scheduler;
  private final BackplaneMeters meters;
  private final Map<Integer, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();

  GroupCommands(
      BackplaneBus bus,
      Channels channels,
      BackplaneOptions options,
      ScheduledExecutorService scheduler,
      BackplaneMeters meters) {
    this.bus = bus;
    this.channels = channels;
    this.server = options.serverName();
    this.deadline = options.ackDeadline();
    this.scheduler = scheduler;
    this.meters = meters;
  }

  /**
   * Asks whichever replica has the connection. Completes at its ack, or after {@link #GRACE} when
   * no replica listens for the connection: there is nothing to change then.
   */
  CompletionStage<Void> ask(int action, String connectionId, String group) {
    if (waiting.size() >= MAX_WAITING) {
      return CompletableFuture.failedFuture(
          BackplaneException.notSent("too many group changes wait for other replicas"));
    }
    int id = lastId.incrementAndGet();
    CompletableFuture<Void> acked = new CompletableFuture<>();
    waiting.put(id, acked);
    ScheduledFuture<?> timer =
        scheduler.schedule(
            () ->
                acked.completeExceptionally(
                    BackplaneException.unknown(
                        "no replica confirmed the change of a group within " + deadline)),
            deadline.toMillis(),
            TimeUnit.MILLISECONDS);
    var unused =
        acked.whenComplete(
            (done, failure) -> {
              waiting.remove(id);
              timer.cancel(false);
            });
    byte[] payload =
        BackplaneCodec.encode(new GroupCommand(id, server, action, group, connectionId));
    var unusedToo =
        bus.publish(channels.groupCommands(), payload)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    acked.completeExceptionally(Failures.unwrap(failure));
                  }
                });
    var unusedAnswer =
        bus.hasSubscribers(channels.connection(connectionId))
            .thenAccept(
                known -> {
                  if (!known) {
                    endSoon(acked);
                  }
                })
            .exceptionally(failure -> null);
    return acked;
  }

  private void endSoon(CompletableFuture<Void> acked) {
    var unused =
        scheduler.schedule(() -> acked.complete(null), GRACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How many changes wait for their ack. */
  int waiting() {
    return waiting.size();
  }

  /** An ack arrived; one that nobody waits for (late, or forged) is counted. */
  void acknowledged(Ack ack) {
    CompletableFuture<Void> acked = waiting.get(ack.id());
    if (acked == null) {
      meters.count(BackplaneMeters.Event.LATE_ACKS);
    } else {
      acked.complete(null);
    }
  }

  void close() {
    waiting
        .values()
        .forEach(
            acked ->
                acked.completeExceptionally(
                    BackplaneException.unknown("this replica's hub was closed")));
  }
}
