package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.MessagingMeters.Event;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes what was read from Redis to the broker of this replica on one thread: in the order in which
 * it came, off the thread that reads for everybody, and bounded. What does not fit is dropped.
 */
final class Deliveries implements AutoCloseable {

  private final ThreadPoolExecutor thread;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final long maxWaitingBytes;
  private final MessagingMeters meters;

  Deliveries(MessagingOptions options, MessagingMeters meters) {
    this.maxWaitingBytes = options.maxWaitingBytes();
    this.meters = meters;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(options.maxWaiting()),
            task -> {
              Thread created = new Thread(task, "messaging-deliveries");
              created.setDaemon(true);
              return created;
            });
  }

  void add(int bytes, Runnable delivery) {
    if (waitingBytes.addAndGet(bytes) > maxWaitingBytes) {
      waitingBytes.addAndGet(-bytes);
      meters.count(Event.DROPPED);
      return;
    }
    try {
      thread.execute(
          () -> {
            waitingBytes.addAndGet(-bytes);
            delivery.run();
          });
    } catch (RejectedExecutionException e) {
      waitingBytes.addAndGet(-bytes);
      meters.count(Event.DROPPED);
    }
  }

  int waiting() {
    return thread.getQueue().size();
  }

  @Override
  public void close() {
    var unused = thread.shutdownNow();
  }
}
