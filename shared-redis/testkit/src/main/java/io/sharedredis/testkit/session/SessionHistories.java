package io.sharedredis.testkit.session;

import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;

/** As many random histories as wanted, one after the other. */
public final class SessionHistories {

  /** How often a history of a given seed is run: operations of one moment meet as they like. */
  private static final int AGAIN = 20;

  private SessionHistories() {}

  /**
   * Runs histories of successive seeds and prints where they begin. {@code -Dsession.histories}
   * gives another number, {@code -Dsession.seed} one seed that is run again, several times.
   *
   * @param setting by seed
   * @throws AssertionError that names the seed
   */
  public static void run(int number, LongFunction<SessionHistory.Setting> setting)
      throws InterruptedException {
    Long again = Long.getLong("session.seed");
    int histories = again == null ? Integer.getInteger("session.histories", number) : AGAIN;
    long first = again == null ? Instant.now().toEpochMilli() * 100_000 : again;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int slow = 0;
    try {
      for (int i = 0; i < histories; i++) {
        long seed = again == null ? first + i : again;
        try {
          slow += new SessionHistory(setting.apply(seed), seed, threads).run() ? 0 : 1;
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("history of seed " + seed + " (-Dsession.seed=" + seed + ")", e);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    if (slow > histories / 10) {
      throw new AssertionError(slow + " of " + histories + " histories took too long to say much");
    }
    System.out.println(
        histories
            + " histories from seed "
            + first
            + ": as the model says, "
            + slow
            + " cut short");
  }
}
