package io.sharedredis.benchmarks.sessions;

import io.sharedredis.benchmarks.measure.Measurements;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Runs the measurements of sessions and compares them with their targets. Exits with 1 if one is
 * missed.
 */
final class SpeedProof {
  /** Requests a core-second of the application over those of Spring Session's plain repository. */
  private static final double MIN_THROUGHPUT = 2.5;

  /** Slowest of a hundred answers over that of Spring Session's plain repository. */
  private static final double MAX_P99 = 0.5;

  /** Processor time and allocation of a load and of a save over Spring Session's with JSON. */
  private static final double MAX_REPOSITORY = 1.3;

  /** Longest listing of {@link ListingFork#SESSIONS} sessions. */
  private static final double MAX_LISTING_MILLIS = 50;

  private final Measurements measured = new Measurements();
  private int missed;

  private SpeedProof() {}

  /**
   * @param args rounds of the page, seconds of each turn, seconds of full load for the warm-up of
   *     each server, rounds of loads and saves, pairs of turns of the page
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args[0]);
    Duration turn = Duration.ofSeconds(Long.parseLong(args[1]));
    print(
        "Java %s, %d processors, %d rounds of %s",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds, turn);
    SpeedProof proof = new SpeedProof();
    proof.measured.fork(RepositoryFork.class, args[3]);
    proof.measured.fork(ListingFork.class, args[3]);
    try (PageProof page = new PageProof(proof.measured)) {
      page.measureFootprint();
      page.warmUp(Duration.ofSeconds(Long.parseLong(args[2])));
      for (int round = 0; round < rounds; round++) {
        page.round(round, turn);
      }
      for (int pair = 0; pair < Integer.parseInt(args[4]); pair++) {
        page.pair(pair);
      }
      page.closePairs();
    }
    proof.judgeRepository();
    proof.judgeListing();
    proof.judgePage();
    print(proof.missed == 0 ? "all targets met" : proof.missed + " targets missed");
    System.exit(proof.missed == 0 ? 0 : 1);
  }

  /** The command to Redis included, as far as it takes this process; Redis itself is not. */
  private void judgeRepository() {
    print(
        "%n%-26s %9s %9s %6s %9s %9s %6s",
        "loads and saves alone", "ours us", "JSON us", "ratio", "ours B", "JSON B", "ratio");
    for (String operation : RepositoryFork.OPERATIONS) {
      double cpu = measured.median(operation + RepositoryFork.CPU_RATIO);
      double ours = measured.median(RepositoryFork.OURS + operation + RepositoryFork.BYTES);
      double spring = measured.median(RepositoryFork.SPRING + operation + RepositoryFork.BYTES);
      print(
          "%-26s %9.1f %9.1f %6.2f %9.0f %9.0f %6.2f %s",
          operation,
          measured.median(RepositoryFork.OURS + operation + RepositoryFork.CPU) / 1000,
          measured.median(RepositoryFork.SPRING + operation + RepositoryFork.CPU) / 1000,
          cpu,
          ours,
          spring,
          ours / spring,
          verdict(cpu <= MAX_REPOSITORY && ours <= MAX_REPOSITORY * spring));
      print(
          "%-26s %9s %9.1f %6s %9s %9.0f %6.2f",
          "  JSON as documented",
          "",
          measured.median(RepositoryFork.DOCUMENTED + operation + RepositoryFork.CPU) / 1000,
          "",
          "",
          measured.median(RepositoryFork.DOCUMENTED + operation + RepositoryFork.BYTES),
          ours / measured.median(RepositoryFork.DOCUMENTED + operation + RepositoryFork.BYTES));
    }
  }

  /**
   * By processor time, that of Redis included; the clock's beside it. A page is judged, any one of
   * so many sessions: nobody asks for all of them at once.
   */
  private void judgeListing() {
    print("%n%-26s %9s %9s %9s", "10,000 sessions of a user", "cpu ms", "clock's", "its best");
    for (String what : new String[] {ListingFork.PAGE, ListingFork.ALL}) {
      double cpu = measured.median(what + ListingFork.CPU);
      print(
          "%-26s %9.1f %9.1f %9.1f %s",
          what,
          cpu,
          measured.median(what + ListingFork.CLOCK),
          measured.quantile(what + ListingFork.CLOCK, 0),
          what.equals(ListingFork.PAGE) ? verdict(cpu <= MAX_LISTING_MILLIS) : "");
    }
  }

  private void judgePage() {
    print(
        "%n%-26s %8s %8s %8s %8s %8s %8s %8s",
        "the page, Redis 1 ms away",
        "cpu us",
        "per core",
        "per s",
        "p50 ms",
        "p99 ms",
        "p99 full",
        "bytes");
    for (Candidate candidate : Candidate.values()) {
      String of = candidate.title();
      print(
          "%-26s %8.0f %8.0f %8.0f %8.2f %8.2f %8.2f %8s",
          of,
          measured.median(of + PageProof.CPU_MICROS),
          measured.median(of + PageProof.PER_CORE_SECOND),
          measured.median(of + PageProof.PER_SECOND),
          measured.median(of + PageProof.P50),
          measured.median(of + PageProof.P99),
          measured.median(of + PageProof.FULL_P99),
          candidate == Candidate.NONE
              ? "-"
              : String.format(Locale.ROOT, "%.0f", measured.median(of + PageProof.SESSION_BYTES)));
    }
    double throughput = ratio(PageProof.PER_CORE_SECOND);
    print(
        "%-56s %5.2f, min %.1f %s",
        "requests a core-second over Spring Session's",
        throughput,
        MIN_THROUGHPUT,
        verdict(throughput >= MIN_THROUGHPUT));
    for (String p99 : new String[] {PageProof.P99, PageProof.BUSY_P99}) {
      double latency = ratio(p99);
      print(
          "%-56s %5.2f, max %.1f %s",
          p99.strip() + " over Spring Session's", latency, MAX_P99, verdict(latency <= MAX_P99));
    }
    // Not judged: each serves as much as it can then, ours nearly three times as many.
    print(
        "%-56s %5.2f",
        PageProof.FULL_P99.strip() + " over Spring Session's", ratio(PageProof.FULL_P99));
  }

  /** Of neighbouring turns, so that both met the same machine. */
  private double ratio(String figure) {
    return measured.ratio(
        Candidate.SHARED_REDIS.title() + PageProof.PAIRED + figure,
        Candidate.SPRING.title() + PageProof.PAIRED + figure);
  }

  private String verdict(boolean met) {
    if (!met) {
      missed++;
    }
    return met ? "ok" : "MISSED";
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
