package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.sharedredis.lettuce.connection.RedisAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis that is opened anew whenever it is lost, from the first attempt on.
 *
 * <p>The driver's own reconnection is off: a fresh connection starts with nothing subscribed and
 * nothing queued, so that its state is what this process decides, and a connection that only looks
 * alive can be thrown away.
 */
final class BusLink<C extends StatefulConnection<?, ?>> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BusLink.class);

  /** Unit: milliseconds. First pause between attempts; doubled up to {@link #LAST_PAUSE}. */
  private static final long FIRST_PAUSE = 20;

  /** Unit: milliseconds. Delivery is to go on well within 2 s after Redis is back. */
  private static final long LAST_PAUSE = 500;

  /** Unit: milliseconds. How long a connection that was left is still read. */
  private static final long LAST_ANSWERS = 200;

  private final String use;
  private final RedisAddress address;
  private final RedisClient client;
  private final Function<RedisClient, CompletionStage<C>> connect;
  private final Consumer<C> onUp;
  private final Runnable onDown;
  private final ScheduledExecutorService scheduler;
  private final RandomGenerator random;
  private final AtomicReference<@Nullable C> current = new AtomicReference<>();

  /** Connections left one after the other for which nothing spoke; makes the pause grow. */
  private final AtomicInteger leftInARow = new AtomicInteger();

  private volatile boolean closed;
  private volatile boolean reported;

  /**
   * @param onUp gets each fresh connection before anybody else uses it
   * @param onDown runs after each loss
   */
  BusLink(
      String use,
      RedisAddress address,
      RedisClient client,
      Function<RedisClient, CompletionStage<C>> connect,
      Consumer<C> onUp,
      Runnable onDown,
      ScheduledExecutorService scheduler,
      RandomGenerator random) {
    this.use = use;
    this.address = address;
    this.client = client;
    this.connect = connect;
    this.onUp = onUp;
    this.onDown = onDown;
    this.scheduler = scheduler;
    this.random = random;
    client.addListener(new Loss());
  }

  /** Begins to connect. */
  void open() {
    attempt(0);
  }

  /** The connection, or null while there is none. */
  @Nullable C connection() {
    return current.get();
  }

  /** Throws the present connection away and opens another. */
  void replace(String why) {
    C sick = current.get();
    if (sick != null) {
      log.warn("The {} connection to Redis at {} is replaced: {}", use, address, why);
      lost(sick);
    }
  }

  /** The server has done what was asked on this connection: another would be no better. */
  void works(C connection) {
    if (leftInARow.get() != 0 && current.get() == connection) {
      leftInARow.set(0);
    }
  }

  /**
   * Opens another connection in place of this one if it is the present one; answers that are on
   * their way to it still arrive. Who leaves again before anything {@link #works} waits longer each
   * time: a cluster in trouble takes connections and refuses all else.
   *
   * @return whether it was the present one
   */
  boolean leave(@Nullable C connection, String why) {
    if (connection == null || current.get() != connection) {
      return false;
    }
    log.info("The {} connection to Redis at {} is left: {}", use, address, why);
    lost(connection, LAST_ANSWERS, leftInARow.getAndIncrement());
    return true;
  }

  private void attempt(int number) {
    if (closed) {
      return;
    }
    CompletionStage<C> opening;
    try {
      opening = connect.apply(client);
    } catch (RuntimeException e) {
      retry(number, e);
      return;
    }
    var unused =
        opening.whenComplete(
            (connection, failure) -> {
              if (failure != null) {
                retry(number, failure);
              } else {
                up(connection);
              }
            });
  }

  private void up(C connection) {
    if (closed) {
      var unused = connection.closeAsync();
      return;
    }
    current.set(connection);
    onUp.accept(connection);
    if (reported) {
      reported = false;
      log.info("The {} connection to Redis at {} stands again", use, address);
    }
    // It may have been lost before it was known here, and then nobody was told.
    if (!connection.isOpen()) {
      lost(connection);
    }
  }

  private void lost(C connection) {
    lost(connection, 0, 0);
  }

  /**
   * @param closeAfter in milliseconds
   * @param number of the next attempt, from which its pause follows
   */
  private void lost(C connection, long closeAfter, int number) {
    if (!current.compareAndSet(connection, null)) {
      return;
    }
    close(connection, closeAfter);
    onDown.run();
    if (!closed) {
      report("it was lost");
      later(number);
    }
  }

  private void close(C connection, long after) {
    if (after > 0) {
      try {
        var unused = scheduler.schedule(() -> close(connection, 0), after, TimeUnit.MILLISECONDS);
        return;
      } catch (RejectedExecutionException e) {
        log.debug("The process ends; the {} connection is closed with it", use);
      }
    }
    var unused = connection.closeAsync();
  }

  private void retry(int number, Throwable failure) {
    report(rootMessage(failure));
    later(number + 1);
  }

  private void report(String why) {
    if (!reported && !closed) {
      reported = true;
      log.warn(
          "No {} connection to Redis at {}: {}; trying again in the background", use, address, why);
    }
  }

  // Jitter keeps the replicas that lost the same Redis from coming back in step.
  private void later(int number) {
    long pause = Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(number, 10));
    long jittered = pause / 2 + random.nextLong(pause / 2 + 1);
    try {
      var unused = scheduler.schedule(() -> attempt(number), jittered, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The process ends; the {} connection is not opened any more", use);
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  @Override
  public void close() {
    closed = true;
    current.set(null);
    // Closes its connections too.
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }

  /** Sees every connection of the client; only the present one matters. */
  private final class Loss implements RedisConnectionStateListener {

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress socketAddress) {}

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
      C connection = current.get();
      if (handler == (Object) connection && connection != null) {
        lost(connection);
      }
    }
  }
}
