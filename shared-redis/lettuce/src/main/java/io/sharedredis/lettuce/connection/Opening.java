package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one connection in the background until it stands for the first time; from then on the
 * driver reconnects by itself. The driver does not do the first part.
 */
final class Opening<C extends StatefulConnection<?, ?>> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  private final String use;
  private final RedisAddress address;
  private final RedisNetwork network;
  private final Supplier<? extends CompletionStage<C>> connect;
  private final CompletableFuture<C> first = new CompletableFuture<>();
  private final List<Runnable> reconnectListeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean away = new AtomicBoolean();
  private volatile @Nullable C connection;
  private volatile boolean closed;

  Opening(
      String use,
      RedisAddress address,
      RedisNetwork network,
      RedisClient client,
      Supplier<? extends CompletionStage<C>> connect) {
    this.use = use;
    this.address = address;
    this.network = network;
    this.connect = connect;
    client.addListener(new States());
    attempt(1);
  }

  private void attempt(int number) {
    if (closed) {
      return;
    }
    CompletionStage<C> attempt;
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
    connection = opened;
    away.set(false);
    log.info("Redis of {} at {} is connected", use, address);
    first.complete(opened);
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
      if (connection != null && away.getAndSet(false)) {
        log.info("Redis of {} at {} is connected again", use, address);
        reconnectListeners.forEach(Runnable::run);
      }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
      if (!closed && connection != null && !away.getAndSet(true)) {
        log.warn("Redis of {} at {} is gone; reconnecting in the background", use, address);
      }
    }
  }
}
