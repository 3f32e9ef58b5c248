package io.sharedredis.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler without threads: tasks run on the thread that calls {@link #advance} or {@link
 * #runDue}, in the order of their due time, then of their submission.
 *
 * <p>It moves the clock it was given from one due task to the next, so that a task sees the time at
 * which it was to run. Tasks may be submitted from any thread.
 */
public final class ManualScheduler extends AbstractExecutorService
    implements ScheduledExecutorService {

  private final MutableClock clock;
  private final PriorityQueue<Task<?>> tasks =
      new PriorityQueue<>(
          Comparator.<Task<?>, Instant>comparing(task -> task.due)
              .thenComparing(task -> task.sequence));
  private long submitted;
  private boolean shutDown;

  public ManualScheduler(MutableClock clock) {
    this.clock = clock;
  }

  /** Moves the clock by {@code amount} and runs everything that falls due on the way. */
  public void advance(Duration amount) {
    Instant end = clock.instant().plus(amount);
    for (Task<?> task = next(end); task != null; task = next(end)) {
      if (task.due.isAfter(clock.instant())) {
        clock.set(task.due);
      }
      task.run();
    }
    clock.set(end);
  }

  /** Runs everything that is due now, tasks submitted meanwhile included. */
  public void runDue() {
    advance(Duration.ZERO);
  }

  /** How many tasks wait, due or not. */
  public synchronized int waiting() {
    return tasks.size();
  }

  @Override
  public void execute(Runnable command) {
    Task<?> ignored = add(new Task<>(Executors.callable(command), clock.instant(), null));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(new Task<>(Executors.callable(command), dueIn(delay, unit), null));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Task<>(callable, dueIn(delay, unit), null));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    Duration step = Duration.of(period, unit.toChronoUnit());
    return add(new Task<>(Executors.callable(command), dueIn(initialDelay, unit), step));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  @Override
  public synchronized void shutdown() {
    shutDown = true;
    tasks.clear();
  }

  @Override
  public synchronized List<Runnable> shutdownNow() {
    List<Runnable> dropped = new ArrayList<>(tasks);
    shutdown();
    return dropped;
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutDown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown();
  }

  private Instant dueIn(long delay, TimeUnit unit) {
    return clock.instant().plus(Math.max(0, delay), unit.toChronoUnit());
  }

  private synchronized <V> Task<V> add(Task<V> task) {
    if (shutDown) {
      throw new RejectedExecutionException("the scheduler was shut down");
    }
    task.sequence = submitted++;
    tasks.add(task);
    return task;
  }

  private synchronized @Nullable Task<?> next(Instant end) {
    Task<?> first = tasks.peek();
    return first == null || first.due.isAfter(end) ? null : tasks.poll();
  }

  private synchronized void remove(Task<?> task) {
    tasks.remove(task);
  }

  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    private final @Nullable Duration period;
    private Instant due;
    private long sequence;

    Task(Callable<V> callable, Instant due, @Nullable Duration period) {
      super(callable);
      this.due = due;
      this.period = period;
    }

    @Override
    public void run() {
      if (period == null) {
        super.run();
      } else if (runAndReset() && !isShutdown()) {
        due = due.plus(period);
        Task<V> ignored = add(this);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      remove(this);
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isPeriodic() {
      return period != null;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(Duration.between(clock.instant(), due));
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
