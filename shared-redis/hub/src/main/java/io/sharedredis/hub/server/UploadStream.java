package io.sharedredis.hub.server;

import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of items from the client to a hub method, bounded. The method reads it as a publisher,
 * whose signals come on the executor, or as a blocking {@link Stream}. One reader only.
 * Thread-safe.
 */
final class UploadStream implements Flow.Publisher<Object> {
  private final String id;
  private final Type itemType;
  private final int capacity;
  private final Executor executor;
  private final Runnable roomMade;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Optional<Object>> items = new ArrayDeque<>(0);
  private boolean refused;
  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;
  private Flow.@Nullable Subscriber<? super Object> subscriber;
  private long demand;
  private final SerialLoop signals = new SerialLoop();

  /**
   * @param roomMade runs when an item can be taken again after one was refused
   */
  UploadStream(String id, Type itemType, int capacity, Executor executor, Runnable roomMade) {
    this.id = id;
    this.itemType = itemType;
    this.capacity = capacity;
    this.executor = executor;
    this.roomMade = roomMade;
  }

  String id() {
    return id;
  }

  Type itemType() {
    return itemType;
  }

  /** Takes an item, or says that it must wait. After the end items are dropped. */
  boolean offer(@Nullable Object item) {
    lock.lock();
    try {
      if (ended || closed) {
        return true;
      }
      if (items.size() >= capacity) {
        refused = true;
        return false;
      }
      items.add(Optional.ofNullable(item));
      changed.signal();
    } finally {
      lock.unlock();
    }
    signal();
    return true;
  }

  /** Nothing comes any more: in good order, or because of a failure. What waits is still read. */
  void end(@Nullable Throwable cause) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      failure = cause;
      changed.signal();
    } finally {
      lock.unlock();
    }
    signal();
  }

  /** Nobody reads any more. */
  void close() {
    boolean wasRefused;
    lock.lock();
    try {
      closed = true;
      items.clear();
      wasRefused = refused;
      refused = false;
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (wasRefused) {
      roomMade.run();
    }
  }

  private @Nullable Optional<Object> poll() {
    Optional<Object> item;
    boolean wasRefused;
    lock.lock();
    try {
      item = items.poll();
      wasRefused = refused && item != null;
      refused &= item == null;
    } finally {
      lock.unlock();
    }
    if (wasRefused) {
      roomMade.run();
    }
    return item;
  }

  // ---- as a publisher

  @Override
  public void subscribe(Flow.Subscriber<? super Object> reader) {
    lock.lock();
    try {
      if (subscriber != null) {
        throw new IllegalStateException("an upload stream can be read once only");
      }
      subscriber = reader;
    } finally {
      lock.unlock();
    }
    reader.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            if (n <= 0) {
              end(new IllegalArgumentException("requested " + n + " items"));
            } else {
              demandMore(n);
            }
          }

          @Override
          public void cancel() {
            close();
          }
        });
    signal();
  }

  private void demandMore(long n) {
    lock.lock();
    try {
      demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
    } finally {
      lock.unlock();
    }
    signal();
  }

  private void signal() {
    if (hasReader()) {
      executor.execute(() -> signals.execute(this::deliver));
    }
  }

  private boolean hasReader() {
    lock.lock();
    try {
      return subscriber != null && !closed;
    } finally {
      lock.unlock();
    }
  }

  private void deliver() {
    Flow.Subscriber<? super Object> reader = subscriber;
    if (reader == null) {
      return;
    }
    while (takeDemand()) {
      Optional<Object> item = poll();
      if (item == null) {
        demandMoreQuietly();
        break;
      }
      reader.onNext(item.orElse(null));
    }
    finishIfEmpty(reader);
  }

  private boolean takeDemand() {
    lock.lock();
    try {
      if (closed || demand == 0 || items.isEmpty()) {
        return false;
      }
      demand = demand == Long.MAX_VALUE ? demand : demand - 1;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void demandMoreQuietly() {
    lock.lock();
    try {
      demand = demand == Long.MAX_VALUE ? demand : demand + 1;
    } finally {
      lock.unlock();
    }
  }

  private void finishIfEmpty(Flow.Subscriber<? super Object> reader) {
    Throwable cause;
    lock.lock();
    try {
      if (closed || !ended || !items.isEmpty()) {
        return;
      }
      closed = true;
      cause = failure;
    } finally {
      lock.unlock();
    }
    if (cause == null) {
      reader.onComplete();
    } else {
      reader.onError(cause);
    }
  }

  // ---- as a blocking stream

  Stream<Object> asStream() {
    Iterator<Object> iterator = new BlockingItems();
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED), false)
        .onClose(this::close);
  }

  private final class BlockingItems implements Iterator<Object> {
    private @Nullable Optional<Object> next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = await();
      }
      return next != null;
    }

    // An item may be null, which java.util.stream passes on.
    @SuppressWarnings("NullAway")
    @Override
    public Object next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Optional<Object> item = next;
      next = null;
      return item.orElse(null);
    }

    private @Nullable Optional<Object> await() {
      lock.lock();
      try {
        while (items.isEmpty() && !ended && !closed) {
          changed.awaitUninterruptibly();
        }
        if (items.isEmpty() && failure != null) {
          throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
        }
      } finally {
        lock.unlock();
      }
      return poll();
    }
  }
}
