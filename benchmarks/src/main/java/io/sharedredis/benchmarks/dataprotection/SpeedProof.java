package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.benchmarks.measure.Measurements;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Runs the measurements of data protection in several JVMs and compares them with their targets.
 * Exits with 1 if one is missed.
 */
final class SpeedProof {
  /** What a protector may allocate beyond the bare calls, in bytes. */
  private static final double MORE_BYTES = 1024;

  /** Throughput of two threads over that of one, at least. */
  private static final double MIN_SCALING = 1.8;

  /** Two threads that share nothing get this far, or the machine is too busy for a judgement. */
  private static final double QUIET = 1.9;

  /** Longest reading of a ring of {@link SampleRing#KEYS} keys. */
  private static final double MAX_REFRESH_MILLIS = 50;

  private final Measurements measured = new Measurements();
  private int missed;

  private SpeedProof() {}

  /**
   * @param args number of JVMs, rounds in each
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int forks = Integer.parseInt(args[0]);
    int rounds = Integer.parseInt(args[1]);
    print(
        "Java %s, %d processors, %d JVMs of %d rounds",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), forks, rounds);
    SpeedProof proof = new SpeedProof();
    for (int fork = 0; fork < forks; fork++) {
      proof.measured.fork(SpeedFork.class, args[1]);
      proof.measured.fork(RingFork.class, args[1]);
      proof.measured.fork(PeersFork.class, Integer.toString(rounds / 6));
    }
    proof.judgeTime();
    proof.judgeAllocation();
    proof.judgeScaling();
    proof.judgeRing();
    proof.showPeers();
    print(proof.missed == 0 ? "all targets met" : proof.missed + " targets missed");
    System.exit(proof.missed == 0 ? 0 : 1);
  }

  /**
   * Processor time decides: it equals the clock's on an idle machine, and on a busy one the clock
   * measures the neighbours.
   */
  private void judgeTime() {
    print(
        "%n%-42s %7s %7s %6s %13s %5s",
        "processor time of a call", "ours ns", "bare ns", "ratio", "quartiles", "max");
    for (SpeedCase one : SpeedCase.all()) {
      String ratio = one.title() + SpeedFork.CPU_RATIO;
      print(
          "%-42s %7.0f %7.0f %6.3f   %5.3f-%5.3f %5.2f %s",
          one.title(),
          measured.median(one.title() + SpeedFork.OURS_NANOS),
          measured.median(one.title() + SpeedFork.BARE_NANOS),
          measured.median(ratio),
          measured.quantile(ratio, 0.25),
          measured.quantile(ratio, 0.75),
          one.maxRatio(),
          verdict(measured.median(ratio) <= one.maxRatio()));
    }
  }

  private void judgeAllocation() {
    print("%n%-42s %8s %8s %8s", "allocation of a call", "ours B", "bare B", "max");
    for (SpeedCase one : SpeedCase.all()) {
      double ours = measured.median(one.title() + SpeedFork.OURS_BYTES);
      double max = measured.median(one.title() + SpeedFork.BARE_BYTES) + MORE_BYTES;
      print(
          "%-42s %8.0f %8.0f %8.0f %s",
          one.title(), ours, max - MORE_BYTES, max, verdict(ours <= max));
    }
  }

  /**
   * By processor time always: what threads do to each other's caches costs it. By the clock, which
   * alone shows threads that wait for each other, where the machine gives two threads their due.
   */
  private void judgeScaling() {
    double ideal = scaling(SpeedFork.MACHINE, SpeedFork.CPU) / 2;
    boolean quiet = scaling(SpeedFork.MACHINE, SpeedFork.CLOCK) >= QUIET;
    print("%n%-42s %8s %8s %8s", "two threads over one", "by cpu", "by clock", "min");
    printScaling(SpeedFork.MACHINE, quiet ? "" : "too busy to judge by the clock");
    for (SpeedCase one : SpeedCase.scaling()) {
      boolean byCpu = scaling(one.title(), SpeedFork.CPU) / ideal >= MIN_SCALING;
      boolean byClock = !quiet || scaling(one.title(), SpeedFork.CLOCK) >= MIN_SCALING;
      printScaling(one.title(), verdict(byCpu && byClock));
    }
  }

  private double scaling(String title, String measure) {
    return 2
        * measured.median(title + SpeedFork.ONE_THREAD + measure)
        / measured.median(title + SpeedFork.TWO_THREADS + measure);
  }

  private void printScaling(String title, String remark) {
    print(
        "%-42s %8.2f %8.2f %8.2f %s",
        title, scaling(title, SpeedFork.CPU), scaling(title, SpeedFork.CLOCK), MIN_SCALING, remark);
  }

  /** By processor time, that of Redis included; the clock's best beside it. */
  private void judgeRing() {
    print("%n%-42s %8s %8s %8s", "reading a ring of 1,000 keys", "cpu ms", "clock's", "max");
    for (String kind : RingFork.KINDS) {
      for (String what : List.of(RingFork.FIRST, RingFork.ONE_MORE, RingFork.AGAIN)) {
        double cpu = measured.median(kind + what + RingFork.CPU);
        print(
            "%-42s %8.1f %8.1f %8.0f %s",
            kind + what,
            cpu,
            measured.quantile(kind + what + RingFork.CLOCK, 0),
            MAX_REFRESH_MILLIS,
            verdict(cpu <= MAX_REFRESH_MILLIS));
      }
    }
    String cold = RingFork.KINDS.get(0) + RingFork.COLD;
    print(
        "%-42s %8.1f %8.1f %8s",
        cold,
        measured.median(cold + RingFork.CPU),
        measured.quantile(cold + RingFork.CLOCK, 0),
        "none");
  }

  private void showPeers() {
    print("%n%-42s %8s %8s %8s   (processor ns)", "peers", "64 B", "1 KiB", "16 KiB");
    for (Peer.Kind kind : Peer.Kind.values()) {
      for (String operation : List.of("protect", "unprotect")) {
        StringBuilder line = new StringBuilder();
        for (int size : SpeedCase.SIZES) {
          double nanos = measured.median(PeersFork.name(kind, operation, size));
          line.append(String.format(Locale.ROOT, " %8.0f", nanos));
        }
        print("%-42s%s", kind + " " + operation, line);
      }
    }
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
