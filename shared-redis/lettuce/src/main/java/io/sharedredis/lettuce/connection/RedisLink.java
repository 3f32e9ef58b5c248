package io.sharedredis.lettuce.connection;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One shared connection to one Redis for one use (key ring, sessions, …): commands are answered
 * within the deadline or fail with {@link RedisUnavailableException}, whatever Redis does.
 *
 * <p>The connection is opened in the background and again whenever it is lost; a Redis that is away
 * when the process starts is joined when it comes. A circuit breaker refuses at once what would
 * only run into the deadline, until Redis answers again. A connection that swallows commands (a
 * firewall that forgot it, a host gone without a word) is replaced. Thread-safe.
 *
 * @param <K> type of keys
 * @param <V> type of values
 */
public final class RedisLink<K, V> implements AutoCloseable {

  /**
   * Commands in a row that ran into the deadline before another connection is tried. One may be a
   * slow moment of Redis; with three, the connection is as likely as Redis to be what is broken.
   */
  private static final int UNANSWERED = 3;

  /**
   * Between two connections that were left because the server takes no writes: long enough for a
   * fail-over to come to its end, short enough for writes to go on soon after.
   */
  private static final Duration LEAVE_AGAIN = Duration.ofSeconds(1);

  private final String use;
  private final RedisAddress address;
  private final Driver driver;
  private final RedisCodec<K, V> codec;
  private final Duration deadline;
  private final CircuitBreaker breaker;
  private final MissingRights missingRights;
  private final Opening<StatefulConnection<K, V>> opening;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicLong leftAt;

  /**
   * Begins to connect; returns at once.
   *
   * @param use what the connection is for, for people: "key ring", "sessions"
   */
  public RedisLink(RedisNetwork network, String use, RedisAddress address, RedisCodec<K, V> codec) {
    this.use = use;
    this.address = address;
    this.codec = codec;
    this.deadline = network.deadlines().command();
    this.breaker = Breakers.forUse(use);
    this.missingRights = network.missingRights();
    this.leftAt = new AtomicLong(System.nanoTime() - LEAVE_AGAIN.toNanos());
    this.driver = Driver.of(network, address);
    this.opening =
        new Opening<>(
            use,
            address,
            network,
            driver,
            () -> driver.connect(codec),
            connection -> answeredAgain());
    opening.onReconnect(this::answeredAgain);
  }

  /** What the connection is for. */
  public String use() {
    return use;
  }

  /** Where it leads. */
  public RedisAddress address() {
    return address;
  }

  /** Whether commands are sent now, or refused because Redis failed repeatedly. */
  public CircuitState circuit() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> CircuitState.OPEN;
      case HALF_OPEN -> CircuitState.HALF_OPEN;
      default -> CircuitState.CLOSED;
    };
  }

  /** Whether the connection stands now; a Redis that hangs may still count as connected. */
  public boolean connected() {
    StatefulConnection<K, V> connection = opening.connection();
    return connection != null && connection.isOpen();
  }

  /** Completes when the connection stands for the first time; cancelled when closed before. */
  public CompletableFuture<Void> firstConnected() {
    return opening.first().thenAccept(connection -> {});
  }

  /** Runs {@code listener} after every later reconnect, on a driver thread: it must not block. */
  public void onReconnect(Runnable listener) {
    opening.onReconnect(listener);
  }

  /**
   * Opens another connection in place of the present one, which somebody suspects to be dead; the
   * present one serves until the other stands. Suspicions that come together open one.
   */
  public void renew(String why) {
    opening.renew(why);
  }

  /**
   * Sends commands; the returned stage ends within the deadline.
   *
   * @return the answer, or a stage that failed with {@link RedisUnavailableException}; errors that
   *     Redis itself reported ({@code WRONGTYPE}, a script's error) pass through as they are
   */
  public <T> CompletionStage<T> async(
      Function<RedisClusterAsyncCommands<K, V>, CompletionStage<T>> work) {
    return send(connection -> work.apply(driver.commands(connection)));
  }

  /**
   * Sends commands that belong together on the one connection to the server that has a key, such as
   * a write and the WAIT for its replicas. Nothing is sent elsewhere: where a slot of a cluster has
   * moved, the first command fails with {@code MOVED} or {@code ASK}, nothing has happened, and a
   * later try finds the new owner.
   *
   * @return as {@link #async}
   */
  public <T> CompletionStage<T> asyncAt(
      K key, Function<RedisClusterAsyncCommands<K, V>, CompletionStage<T>> work) {
    return send(
        connection ->
            driver
                .commandsAt(connection, codec.encodeKey(key))
                .thenCompose(work)
                .whenComplete(
                    (done, failure) -> {
                      if (failure != null) {
                        driver.lookAgain();
                      }
                    }));
  }

  /** How many connections listen to a channel, on whichever node of a cluster. */
  public CompletionStage<Long> subscribers(K channel) {
    return send(connection -> driver.subscribers(connection, channel));
  }

  private <T> CompletionStage<T> send(Function<StatefulConnection<K, V>, CompletionStage<T>> work) {
    StatefulConnection<K, V> connection = opening.connection();
    if (connection == null) {
      return CompletableFuture.failedFuture(
          new RedisUnavailableException(use, address, "not connected yet"));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    breaker
        .executeCompletionStage(() -> work.apply(connection))
        .whenComplete(
            (value, failure) -> {
              watch(failure);
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(translate(failure));
              }
            });
    return result;
  }

  /**
   * Sends commands and waits for the answer, no longer than the deadline.
   *
   * @throws RedisUnavailableException when Redis is away, slow, or the circuit is open
   */
  public <T> T sync(Function<RedisClusterAsyncCommands<K, V>, CompletionStage<T>> work) {
    return await(async(work).toCompletableFuture());
  }

  /**
   * Returns if Redis answers; a cluster has to serve every slot.
   *
   * @throws RedisUnavailableException when Redis is away, slow, or the circuit is open
   * @throws RedisException when Redis says that something is wrong
   */
  public void check() {
    Object ignored = await(this.<Object>send(this::checked).toCompletableFuture());
  }

  private CompletionStage<Object> checked(StatefulConnection<K, V> connection) {
    return driver.check(connection).thenApply(answer -> Boolean.TRUE);
  }

  private <T> T await(CompletableFuture<T> answer) {
    try {
      // The driver's own deadline fires first; the second one guards against a starved driver.
      return answer.get(deadline.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw translate(e);
    } catch (TimeoutException e) {
      throw new RedisUnavailableException(use, address, "no answer within " + deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisUnavailableException(use, address, "the waiting thread was interrupted");
    }
  }

  /** Commands that were refused without being sent say nothing about the connection. */
  private void watch(@Nullable Throwable failure) {
    boolean unused = missingRights.look(use, address, null, failure);
    if (failure != null && saysThatItIsAReplica(failure)) {
      opening.renew("it has become a replica");
    }
    if (failure == null || !Breakers.isOutage(failure)) {
      if (!(failure instanceof CallNotPermittedException)) {
        unanswered.set(0);
      }
    } else if (isTimeout(failure) && unanswered.incrementAndGet() >= UNANSWERED) {
      unanswered.set(0);
      opening.renew(UNANSWERED + " commands in a row were not answered");
    }
  }

  private static boolean isTimeout(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RedisCommandTimeoutException;
  }

  /**
   * The server was master when the connection was opened. From a script before 7.0: in the text.
   */
  private boolean saysThatItIsAReplica(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean refused =
        cause instanceof RedisReadOnlyException
            || (cause instanceof RedisCommandExecutionException
                && String.valueOf(cause.getMessage()).contains("-READONLY "));
    if (!refused) {
      return false;
    }
    // One that stays a replica is not left with every write.
    long now = System.nanoTime();
    long last = leftAt.get();
    return now - last > LEAVE_AGAIN.toNanos() && leftAt.compareAndSet(last, now);
  }

  /** A connection that was just opened was answered by Redis. */
  private void answeredAgain() {
    breaker.reset();
    unanswered.set(0);
  }

  private RuntimeException translate(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof CallNotPermittedException) {
      return new RedisUnavailableException(use, address, "it failed repeatedly just now");
    }
    if (Breakers.isOutage(cause)) {
      return new RedisUnavailableException(use, address, cause);
    }
    return cause instanceof RuntimeException unchecked ? unchecked : new RedisException(cause);
  }

  @Override
  public void close() {
    opening.close();
    driver.close();
  }
}
