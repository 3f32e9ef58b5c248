package io.sharedredis.hub.server;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends one stream to the client, no faster than the client takes it: the next item is asked for
 * when the connection has room. Thread-safe; ends once.
 */
final class StreamSender implements Flow.Subscriber<Object> {

  /**
   * Items that a publisher has at once and that are sent although the cancellation came right
   * behind the call, as the model does; 16, a bound for one that always has another.
   */
  private static final int SENT_ANYWAY = 16;

  private final ServerConnection connection;
  private final Executor executor;
  private final CallAnswers answers;
  private final String id;
  private final String target;
  private final StreamCancellation cancellation = new StreamCancellation();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<Runnable> atEnd = new ArrayList<>(2);
  private volatile Flow.@Nullable Subscription subscription;
  private volatile @Nullable Throwable failure;

  /** Whether items can come. Guarded by {@link #atEnd}. */
  private boolean begun;

  /** Whether the client wanted no more before it began. */
  private volatile boolean cancelledEarly;

  /** Items sent in spite of that; of one thread. */
  private int sentAnyway;

  StreamSender(
      ServerConnection connection,
      Executor executor,
      CallAnswers answers,
      String id,
      String target) {
    this.connection = connection;
    this.executor = executor;
    this.answers = answers;
    this.id = id;
    this.target = target;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** Why it has ended; null when it ended well, or at the client's wish, or has not ended. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Runs {@code task} when the stream has ended, at once when it has. */
  void onEnd(Runnable task) {
    synchronized (atEnd) {
      if (!ended.get()) {
        atEnd.add(task);
        return;
      }
    }
    task.run();
  }

  // ---- from a publisher

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    begin();
    if (ended.get()) {
      given.cancel();
    } else {
      given.request(1);
      if (cancelledEarly) {
        cancelledByClient();
      }
    }
  }

  private void begin() {
    synchronized (atEnd) {
      begun = true;
    }
  }

  @Override
  public void onNext(Object item) {
    Flow.Subscription from = subscription;
    if (ended.get() || from == null) {
      return;
    }
    CompletionStage<Void> room = send(item);
    if (cancelledEarly && ++sentAnyway == SENT_ANYWAY) {
      cancelledByClient();
    } else if (room.toCompletableFuture().isDone()) {
      from.request(1);
    } else {
      CompletableFutures.whenDone(room, (nothing, failure) -> resume(() -> from.request(1)));
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (end(failure)) {
      answers.streamFailed(id, target, failure);
    }
  }

  @Override
  public void onComplete() {
    if (end(null)) {
      connection.sendNow(StreamCalls.end(id));
    }
  }

  private CompletionStage<Void> send(@Nullable Object item) {
    return connection.send(
        SerializedHubMessage.of(new HubMessage.StreamItem(java.util.Map.of(), id, item)));
  }

  // ---- from a java.util.stream.Stream

  void pump(Stream<?> stream) {
    onEnd(stream::close);
    begin();
    if (cancelledEarly) {
      // The next item may be long in coming.
      cancelledByClient();
    } else {
      pump(stream.iterator());
    }
  }

  // No thread waits for a slow client: the rest is taken up again when there is room.
  private void pump(Iterator<?> items) {
    try {
      while (!ended.get() && items.hasNext()) {
        CompletionStage<Void> room = send(items.next());
        if (!room.toCompletableFuture().isDone()) {
          CompletableFutures.whenDone(room, (nothing, failure) -> resume(() -> pump(items)));
          return;
        }
      }
      onComplete();
    } catch (RuntimeException | Error failure) {
      onError(failure);
    }
  }

  // Who makes room may be the transport or an event loop, even at the connection's end; the
  // application's stream may run on for as long as it is not told to stop.
  private void resume(Runnable rest) {
    try {
      executor.execute(rest);
    } catch (RejectedExecutionException e) {
      onError(e);
    }
  }

  // ---- ends

  void failBeforeStart(Throwable failure) {
    if (end(failure)) {
      answers.failed(id, target, failure);
    }
  }

  void refuse(String error) {
    if (end(new HubException(error))) {
      answers.refuse(id, error);
    }
  }

  void cancelledByClient() {
    synchronized (atEnd) {
      cancelledEarly |= !begun;
      if (!begun) {
        stop();
        return;
      }
    }
    if (end(null)) {
      stop();
      connection.sendNow(StreamCalls.end(id));
    }
  }

  void endWith(Throwable why) {
    if (end(why)) {
      stop();
      answers.streamFailed(id, target, why);
    }
  }

  void connectionLost() {
    if (end(null)) {
      stop();
    }
  }

  // Code of the application may run in either; it must not hold up the connection's loop.
  private void stop() {
    Flow.Subscription from = subscription;
    try {
      executor.execute(
          () -> {
            cancellation.cancel();
            if (from != null) {
              from.cancel();
            }
          });
    } catch (RejectedExecutionException e) {
      cancellation.cancel();
    }
  }

  private boolean end(@Nullable Throwable why) {
    List<Runnable> tasks;
    synchronized (atEnd) {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      failure = why;
      tasks = List.copyOf(atEnd);
      atEnd.clear();
    }
    tasks.forEach(Runnable::run);
    return true;
  }
}
