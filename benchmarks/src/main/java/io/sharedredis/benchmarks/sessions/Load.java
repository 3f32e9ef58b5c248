package io.sharedredis.benchmarks.sessions;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** Signed-in browsers, and what they do with one server. */
final class Load implements Closeable {
  private final List<PageClient> clients;
  private final ExecutorService threads;

  private Load(List<PageClient> clients) {
    this.clients = clients;
    this.threads =
        Executors.newFixedThreadPool(
            clients.size(),
            task -> {
              Thread thread = new Thread(task, "browser");
              // A request that fails ends the measurement.
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Connects, and signs each browser in as a user of its own unless there are no sessions. */
  static Load on(int port, int browsers, boolean sessions) throws IOException {
    List<PageClient> clients = new ArrayList<>();
    for (int i = 0; i < browsers; i++) {
      clients.add(new PageClient(port, i));
    }
    Load load = new Load(clients);
    // At least one request: servers close connections that have not been used.
    Served unused =
        load.run(
            System.nanoTime(),
            client ->
                () -> {
                  if (sessions) {
                    client.signIn();
                  } else {
                    client.request();
                  }
                  return new long[0];
                });
    return load;
  }

  /**
   * What was served.
   *
   * @param latencies in nanoseconds, in order of size
   */
  record Served(long[] latencies, double seconds) {
    double quantileMillis(double share) {
      return latencies[(int) (share * (latencies.length - 1))] / 1e6;
    }

    double perSecond() {
      return latencies.length / seconds;
    }
  }

  /** Every browser sends its next request when it has the answer to the last: as much as goes. */
  Served atMost(Duration time) {
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    return run(
        begin,
        client ->
            () -> {
              LongStream.Builder latencies = LongStream.builder();
              for (long sent = System.nanoTime(); sent < end; ) {
                client.request();
                long answered = System.nanoTime();
                latencies.add(answered - sent);
                sent = answered;
              }
              return latencies.build().toArray();
            });
  }

  /**
   * Requests come at fixed times, whatever became of those before, as from people who know nothing
   * of each other; each counts from the time at which it was due.
   */
  Served atRate(int perSecond, Duration time) {
    long begin = System.nanoTime();
    long all = perSecond * time.toMillis() / 1000;
    AtomicLong next = new AtomicLong();
    return run(
        begin,
        client ->
            () -> {
              LongStream.Builder latencies = LongStream.builder();
              for (long i = next.getAndIncrement(); i < all; i = next.getAndIncrement()) {
                long due = begin + i * 1_000_000_000L / perSecond;
                for (long left = due - System.nanoTime();
                    left > 0;
                    left = due - System.nanoTime()) {
                  LockSupport.parkNanos(left);
                }
                client.request();
                latencies.add(System.nanoTime() - due);
              }
              return latencies.build().toArray();
            });
  }

  /** What a browser does. */
  private interface Visit {
    Callable<long[]> by(PageClient client);
  }

  private Served run(long begin, Visit visit) {
    List<Future<long[]>> visits = new ArrayList<>();
    clients.forEach(client -> visits.add(threads.submit(visit.by(client))));
    long[] latencies =
        visits.stream().map(Load::result).flatMapToLong(Arrays::stream).sorted().toArray();
    return new Served(latencies, (System.nanoTime() - begin) / 1e9);
  }

  private static long[] result(Future<long[]> visit) {
    try {
      return visit.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("a request failed", e);
    }
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    for (PageClient client : clients) {
      client.close();
    }
  }
}
