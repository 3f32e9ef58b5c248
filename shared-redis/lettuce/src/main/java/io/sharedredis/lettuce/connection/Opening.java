package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one connection in the background until it stands for the first time; from then on the
 * driver reconnects by itself. The driver does not do the first part, nor does it notice that a
 * connection which looks alive no longer answers: whoever notices calls {@link #renew}.
 */
final class Opening<C extends StatefulConnection<?, ?>> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  /** How long a connection that was replaced is still read. */
  private static final Duration LAST_ANSWERS = Duration.ofMillis(50);

  private final String use;
  private final RedisAddress address;
  private final RedisNetwork network;
  private final Supplier<? extends CompletionStage<? extends C>> connect;
  private final Consumer<C> onOpened;
  private final CompletableFuture<C> first = new CompletableFuture<>();
  private final List<Runnable> reconnectListeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicBoolean renewing = new AtomicBoolean();
  private final AtomicBoolean onceMore = new AtomicBoolean();
  private volatile @Nullable C connection;
  private volatile boolean closed;

  /**
   * @param onOpened gets each connection that was opened here before anybody else uses it
   */
  Opening(
      String use,
      RedisAddress address,
      RedisNetwork network,
      Driver driver,
      Supplier<? extends CompletionStage<? extends C>> connect,
      Consumer<C> onOpened) {
    this.use = use;
    this.address = address;
    this.network = network;
    this.connect = connect;
    this.onOpened = onOpened;
    driver.onState(new States());
    driver.onMoved(this::moved);
    attempt(1);
  }

  private void attempt(int number) {
    if (closed) {
      return;
    }
    CompletionStage<? extends C> attempt;
    try {
      attempt = connect.get();
    } catch (RuntimeException e) {
      // The driver refuses some attempts at once instead of failing the stage.
      retry(number, e);
      return;
    }
    attempt.whenComplete(
        (opened, failure) -> {
          if (failure == null) {
            opened(opened);
          } else {
            retry(number, failure);
          }
        });
  }

  private void opened(C opened) {
    if (closed) {
      var unused = opened.closeAsync();
      return;
    }
    opened.setTimeout(network.deadlines().command());
    onOpened.accept(opened);
    C before = connection;
    connection = opened;
    away.set(false);
    renewing.set(false);
    log.info("Redis of {} at {} is connected", use, address);
    if (before == null) {
      first.complete(opened);
    } else {
      closeLater(before);
      reconnectListeners.forEach(Runnable::run);
    }
    if (onceMore.getAndSet(false)) {
      renew("another server became master meanwhile");
    }
  }

  /**
   * Opens another connection beside the present one, which does not answer, and puts it in its
   * place as soon as it stands. Packets that a network swallowed are sent again after pauses that
   * double each time: after an outage of a minute the old connection may need another minute, a new
   * one does not.
   */
  void renew(String why) {
    if (connection == null || closed || !renewing.compareAndSet(false, true)) {
      return;
    }
    onceMore.set(false);
    log.warn("Redis of {} at {} gets another connection: {}", use, address, why);
    attempt(1);
  }

  /** While a connection is being opened, it may be to the one that was master before. */
  private void moved() {
    onceMore.set(true);
    renew("another server has become master");
  }

  /**
   * Not at once: if it was the server that hung, its answers are on their way. Nor late: who waits
   * for one that never comes is to hear that, and ask again over the new connection.
   */
  private void closeLater(C sick) {
    try {
      var unused =
          network
              .resources()
              .eventExecutorGroup()
              .schedule(() -> close(sick), LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The process ends; Redis of {} is closed with it", use);
    }
  }

  private static void close(StatefulConnection<?, ?> sick) {
    var unused = sick.closeAsync();
  }

  private void retry(int number, Throwable failure) {
    if (closed) {
      return;
    }
    if (!away.getAndSet(true)) {
      log.warn(
          "Redis of {} at {} cannot be reached ({}); trying again in the background",
          use,
          address,
          rootMessage(failure));
    }
    long pause =
        Math.min(network.deadlines().reconnectAtMost().toMillis(), 50L << Math.min(number, 8));
    try {
      var unused =
          network
              .resources()
              .eventExecutorGroup()
              .schedule(() -> attempt(number + 1), pause, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The process ends; Redis of {} is not tried any more", use);
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  @Nullable C connection() {
    return connection;
  }

  CompletableFuture<C> first() {
    return first.copy();
  }

  void onReconnect(Runnable listener) {
    reconnectListeners.add(listener);
  }

  /** Stops trying; whoever owns the client shuts it down, and the connection with it. */
  @Override
  public void close() {
    closed = true;
    first.cancel(false);
  }

  /** Tells people and listeners about loss and return of a connection that stood once. */
  private final class States implements RedisConnectionStateListener {

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress socketAddress) {
      if (isPresent(handler) && away.getAndSet(false)) {
        log.info("Redis of {} at {} is connected again", use, address);
        reconnectListeners.forEach(Runnable::run);
      }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
      if (!closed && isPresent(handler) && !away.getAndSet(true)) {
        log.warn("Redis of {} at {} is gone; reconnecting in the background", use, address);
      }
    }

    /** Others of the client are being opened, or were given up. */
    private boolean isPresent(RedisChannelHandler<?, ?> handler) {
      return handler == (Object) connection;
    }
  }
}
