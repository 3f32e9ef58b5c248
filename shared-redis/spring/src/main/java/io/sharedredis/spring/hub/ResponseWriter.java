package io.sharedredis.spring.hub;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes an asynchronous response without a thread that waits for the peer: the container says when
 * more can be written. Any thread may write; each piece is flushed.
 */
final class ResponseWriter implements WriteListener {

  private record Piece(byte[] bytes, Runnable written) {}

  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Runnable broken;
  private final ArrayDeque<Piece> queue = new ArrayDeque<>(1);
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean writable;
  private volatile boolean completing;
  private volatile boolean aborted;
  private boolean unflushed;
  private @Nullable Piece current;

  /**
   * @param broken runs when nothing more can be written
   */
  ResponseWriter(AsyncContext context, Runnable broken) throws IOException {
    this.context = context;
    this.out = context.getResponse().getOutputStream();
    this.broken = broken;
  }

  /** Begins; the container says at once or soon that it can be written. */
  void start() {
    out.setWriteListener(this);
  }

  /** Writes after what waits; {@code written} runs when the container has taken all of it. */
  void write(byte[] bytes, Runnable written) {
    synchronized (queue) {
      queue.add(new Piece(bytes, written));
    }
    pump();
  }

  /**
   * Writes nothing more. The response ends when the container has written what it holds, or has
   * given that up: Tomcat never closes the books on a request that is completed while bytes are
   * stuck.
   */
  void abort() {
    aborted = true;
    synchronized (queue) {
      queue.clear();
    }
    pump();
  }

  /** Ends the response after what waits. */
  void complete() {
    completing = true;
    pump();
  }

  @Override
  public void onWritePossible() {
    writable = true;
    pump();
  }

  @Override
  public void onError(Throwable failure) {
    // Tomcat ends the response itself now, Jetty does not.
    if (over.compareAndSet(false, true)) {
      try {
        context.complete();
      } catch (IllegalStateException e) {
        // The container has ended it already.
      }
      broken.run();
    }
  }

  // Signals are counted, not nested, so that one thread at a time writes and none waits for
  // another.
  private void pump() {
    if (signals.getAndIncrement() != 0) {
      return;
    }
    do {
      try {
        while (!over.get() && writable && mayWrite() && step()) {}
      } catch (IOException | RuntimeException e) {
        end(false);
      }
    } while (signals.decrementAndGet() != 0);
  }

  /** Asks the container; when it says no it will call {@link #onWritePossible}. */
  private boolean mayWrite() {
    writable = false;
    boolean ready = out.isReady();
    if (ready) {
      writable = true;
    }
    return ready;
  }

  /** Does the next thing; false when there is nothing to do. */
  private boolean step() throws IOException {
    if (aborted) {
      end(true);
      return false;
    }
    if (unflushed) {
      unflushed = false;
      out.flush();
      return true;
    }
    Piece done = current;
    if (done != null) {
      current = null;
      done.written().run();
      return true;
    }
    Piece next;
    synchronized (queue) {
      next = queue.poll();
    }
    if (next != null) {
      current = next;
      unflushed = true;
      out.write(next.bytes());
      return true;
    }
    if (completing) {
      end(true);
    }
    return false;
  }

  private void end(boolean inOrder) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    try {
      context.complete();
    } catch (IllegalStateException e) {
      // The container has ended it already.
    }
    if (!inOrder) {
      broken.run();
    }
  }
}
