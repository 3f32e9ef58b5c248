package io.sharedredis.starter.hub;

/**
 * How many threads of the server may wait for busy hub connections: half of what it has, so that
 * requests, polls and probes are answered by the others. Thread-safe.
 */
final class WaitingThreads {

  /** Threads of a server that does not say: 200, what Jetty has by default. */
  private static final int DEFAULT = 200;

  private volatile int all = DEFAULT;

  /** The server has so many threads. */
  void of(int threads) {
    all = threads;
  }

  int most() {
    return Math.max(1, all / 2);
  }
}
