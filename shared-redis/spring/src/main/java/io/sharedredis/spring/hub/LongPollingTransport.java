package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.TransportListener;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A hub connection whose output is fetched by one GET after the other. A poll that finds nothing
 * waits, without a thread; of two polls the newer one counts, wherever they have landed.
 */
final class LongPollingTransport extends RequestTransport {
  private final Claim claim;
  private final LongSupplier nanoTime;
  private @Nullable Poll waiting;
  private boolean deleted;
  private boolean over;

  /** Asks whether the client has received what it was given; null for nobody. */
  private @Nullable Runnable question;

  /** Whether the answer to the poll that waits is being put together. */
  private boolean gathering;

  private volatile long leftAt;

  LongPollingTransport(Claim claim, LongSupplier nanoTime) {
    this.claim = claim;
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

  /** Takes a poll; it is answered when there is something to say, or by its deadline. */
  void poll(Poll poll) {
    Poll older;
    boolean ended;
    Runnable received;
    synchronized (this) {
      received = question;
      question = null;
      older = waiting;
      ended = over;
      waiting = ended ? null : poll;
    }
    if (received != null) {
      received.run();
    }
    if (older != null) {
      older.answer(PollAnswer.over());
    }
    if (ended) {
      poll.answer(PollAnswer.over());
    } else {
      outputReady();
    }
  }

  @Override
  public void outputReady() {
    TransportListener open = connection();
    if (open == null) {
      return;
    }
    Poll poll;
    byte[] body;
    boolean gone;
    synchronized (this) {
      poll = waiting;
      if (poll == null || !poll.ready()) {
        return;
      }
      gathering = true;
      body = gather(open);
      gathering = false;
      boolean finished = open.output().finished();
      if (body == null && !finished) {
        return;
      }
      waiting = null;
      gone = finished && (body == null || deleted);
      over |= gone;
      leftAt = nanoTime.getAsLong();
    }
    poll.answer(body == null ? PollAnswer.over() : PollAnswer.messages(body));
    if (gone) {
      claim.ended();
      lost();
    }
  }

  private static byte @Nullable [] gather(TransportListener open) {
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
    TransportListener open = connection();
    if (open != null) {
      open.close(null, true);
    }
    if (!polled) {
      expire();
    }
  }

  /** Who polls, or polls again, has had the answer to the poll before. */
  @Override
  public boolean confirm(Runnable received) {
    synchronized (this) {
      if (waiting == null || gathering) {
        question = received;
        return true;
      }
    }
    received.run();
    return true;
  }

  private void expire() {
    Poll poll;
    synchronized (this) {
      over = true;
      poll = waiting;
      waiting = null;
    }
    claim.ended();
    if (poll != null) {
      poll.answer(PollAnswer.over());
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

  @Override
  void tick(long now) {
    super.tick(now);
    Poll poll;
    synchronized (this) {
      poll = waiting;
    }
    if (poll == null) {
      return;
    }
    if (poll.deadline() - now > 0) {
      outputReady();
    } else if (stopWaiting(poll)) {
      poll.answer(PollAnswer.nothing());
    }
  }

  /** Forgets a poll that the client or the clock has ended; false when it waits no more. */
  synchronized boolean stopWaiting(Poll poll) {
    if (waiting != poll) {
      return false;
    }
    waiting = null;
    leftAt = nanoTime.getAsLong();
    return true;
  }
}
