package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ServerConnection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub connection whose output is fetched by one GET after the other. A poll that finds nothing
 * waits, without a thread; of two polls the newer one counts.
 */
final class LongPollingTransport extends RequestTransport {
  private static final Logger LOG = LoggerFactory.getLogger(LongPollingTransport.class);

  private final Claim claim;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private @Nullable AsyncContext waiting;
  private boolean deleted;
  private boolean over;
  private volatile long leftAt;

  LongPollingTransport(Claim claim, Executor executor, LongSupplier nanoTime) {
    this.claim = claim;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.leftAt = nanoTime.getAsLong();
  }

  @Override
  public String name() {
    return "LongPolling";
  }

  @Override
  public boolean supportsBinary() {
    return true;
  }

  @Override
  public boolean pings() {
    return false;
  }

  @Override
  public void useBinary(boolean binary) {}

  /** Takes a poll; it is answered when there is something to say, or by its timeout. */
  void poll(AsyncContext poll) {
    poll.addListener(new PollEnd(poll));
    AsyncContext older;
    boolean ended;
    synchronized (this) {
      older = waiting;
      ended = over;
      waiting = ended ? null : poll;
    }
    if (older != null) {
      answer(older, 204, "text/plain", null);
    }
    if (ended) {
      answer(poll, 204, "text/plain", null);
    } else {
      outputReady();
    }
  }

  @Override
  public void outputReady() {
    ServerConnection open = connection();
    if (open == null) {
      return;
    }
    AsyncContext poll;
    byte[] body;
    boolean gone;
    synchronized (this) {
      poll = waiting;
      if (poll == null) {
        return;
      }
      body = gather(open);
      boolean finished = open.output().finished();
      if (body == null && !finished) {
        return;
      }
      waiting = null;
      gone = finished && (body == null || deleted);
      over |= gone;
      leftAt = nanoTime.getAsLong();
    }
    if (body == null) {
      answer(poll, 204, "text/plain", null);
    } else {
      answer(poll, 200, "application/octet-stream", body);
    }
    if (gone) {
      claim.ended();
      lost();
    }
  }

  private static byte @Nullable [] gather(ServerConnection open) {
    List<byte[]> unit = open.output().take();
    if (unit == null) {
      return null;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (unit != null) {
      unit.forEach(all::writeBytes);
      open.output().written();
      unit = open.output().take();
    }
    return all.toByteArray();
  }

  /**
   * The client ends the connection: what waits for it goes out with the waiting poll, and is lost
   * without one.
   */
  void delete() {
    boolean polled;
    synchronized (this) {
      deleted = true;
      polled = waiting != null;
    }
    ServerConnection open = connection();
    if (open != null) {
      open.close(null, true);
    }
    if (!polled) {
      expire();
    }
  }

  private void expire() {
    AsyncContext poll;
    synchronized (this) {
      over = true;
      poll = waiting;
      waiting = null;
    }
    claim.ended();
    if (poll != null) {
      answer(poll, 204, "text/plain", null);
    }
    lost();
  }

  @Override
  public void abort() {
    expire();
  }

  @Override
  void expired() {
    expire();
  }

  @Override
  synchronized long idleSince(long now) {
    return waiting == null ? now - leftAt : 0;
  }

  private synchronized boolean stopWaiting(AsyncContext poll) {
    if (waiting != poll) {
      return false;
    }
    waiting = null;
    leftAt = nanoTime.getAsLong();
    return true;
  }

  // Writing may block: the peer may have stopped reading.
  private void answer(AsyncContext poll, int status, String type, byte @Nullable [] body) {
    Runnable task =
        () -> {
          try {
            HttpAnswers.write(poll.getResponse(), status, type, body);
            poll.complete();
          } catch (IOException | RuntimeException e) {
            LOG.debug("Connection {}: a poll could not be answered", claim.connectionId(), e);
          }
        };
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  /** What becomes of a poll that the client or the clock ends. */
  private final class PollEnd implements AsyncListener {
    private final AsyncContext poll;

    PollEnd(AsyncContext poll) {
      this.poll = poll;
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      if (stopWaiting(poll)) {
        HttpAnswers.write(poll.getResponse(), 200, "text/plain", null);
      }
      poll.complete();
    }

    @Override
    public void onError(AsyncEvent event) {
      boolean unused = stopWaiting(poll);
    }

    @Override
    public void onComplete(AsyncEvent event) {
      boolean unused = stopWaiting(poll);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
