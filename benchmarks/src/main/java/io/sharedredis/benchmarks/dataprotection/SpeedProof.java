package io.sharedredis.benchmarks.dataprotection;

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

  /**
   * Share of the machine's own gain from a second thread that must be reached: 1.8 of the 2.0 that
   * two idle cores give. Relative, since on a busy machine nothing reaches 1.8.
   */
  private static final double SCALING_SHARE = 0.9;

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
    print(
        "Java %s, %d processors, %d JVMs of %s rounds",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), forks, args[1]);
    SpeedProof proof = new SpeedProof();
    for (int fork = 0; fork < forks; fork++) {
      proof.measured.fork(SpeedFork.class, args[1]);
      proof.measured.fork(RingFork.class, args[1]);
      proof.measured.fork(PeersFork.class, args[1]);
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
        "%n%-42s %7s %7s %6s %12s %7s %5s",
        "processor time of a call", "ours ns", "bare ns", "ratio", "quartiles", "clock's", "max");
    for (SpeedCase one : SpeedCase.all()) {
      String ratio = one.title() + SpeedFork.CPU_RATIO;
      print(
          "%-42s %7.0f %7.0f %6.3f  %5.3f-%5.3f %7.3f %5.2f %s",
          one.title(),
          measured.median(one.title() + SpeedFork.OURS_NANOS),
          measured.median(one.title() + SpeedFork.BARE_NANOS),
          measured.median(ratio),
          measured.quantile(ratio, 0.25),
          measured.quantile(ratio, 0.75),
          measured.median(one.title() + SpeedFork.CLOCK_RATIO),
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

  private void judgeScaling() {
    double machine = measured.median(SpeedFork.MACHINE_SCALING);
    print("%n%-42s %8s %8s %8s", "two threads over one", "times", "of ideal", "min");
    print("%-42s %8.2f", "this machine, nothing shared", machine);
    for (SpeedCase one : SpeedCase.scaling()) {
      double times = measured.median(one.title() + SpeedFork.SCALING);
      double share = times / machine;
      print(
          "%-42s %8.2f %8.2f %8.2f %s",
          one.title(), times, share, SCALING_SHARE, verdict(share >= SCALING_SHARE));
    }
  }

  /** The best reading counts: a store's answer is not in our processor time. */
  private void judgeRing() {
    print("%n%-42s %8s %8s %8s", "reading a ring of 1,000 keys", "best ms", "cpu ms", "max");
    for (String kind : RingFork.KINDS) {
      for (String what : List.of(RingFork.FIRST, RingFork.ONE_MORE, RingFork.AGAIN)) {
        double best = measured.quantile(kind + what + RingFork.CLOCK, 0);
        print(
            "%-42s %8.1f %8.1f %8.0f %s",
            kind + what,
            best,
            measured.median(kind + what + RingFork.CPU),
            MAX_REFRESH_MILLIS,
            verdict(best <= MAX_REFRESH_MILLIS));
      }
    }
    String cold = RingFork.KINDS.get(0) + RingFork.COLD;
    print(
        "%-42s %8.1f %8.1f %8s",
        cold,
        measured.quantile(cold + RingFork.CLOCK, 0),
        measured.median(cold + RingFork.CPU),
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
