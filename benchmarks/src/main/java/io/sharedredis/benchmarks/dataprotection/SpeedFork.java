package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.benchmarks.measure.Figure;
import io.sharedredis.benchmarks.measure.Rounds;
import io.sharedredis.benchmarks.measure.Rounds.Turn;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** What one forked JVM measures; prints {@link Figure}s for {@link SpeedProof}. */
final class SpeedFork {
  static final String CPU_RATIO = " cpu ratio";
  static final String OURS_NANOS = " ours ns";
  static final String BARE_NANOS = " bare ns";
  static final String OURS_BYTES = " ours B";
  static final String BARE_BYTES = " bare B";
  static final String ONE_THREAD = " one thread";
  static final String TWO_THREADS = " two threads";
  static final String CLOCK = " clock ns";
  static final String CPU = " cpu ns";
  static final String MACHINE = "this machine, nothing shared";
  private static final String SPIN = "SpinBenchmark.spin";

  private SpeedFork() {}

  /**
   * @param args rounds of each case
   */
  public static void main(String[] args) throws RunnerException {
    int rounds = Integer.parseInt(args[0]);
    for (SpeedCase one : SpeedCase.all()) {
      time(one, rounds);
    }
    for (SpeedCase one : SpeedCase.scaling()) {
      scaling(one, rounds);
    }
  }

  private static void time(SpeedCase one, int rounds) throws RunnerException {
    Map<String, String> parameters = one.parameters();
    Rounds.warmUp(one.bare(), one.ours(), parameters);
    for (int round = 0; round < rounds; round++) {
      // Who goes first changes, so that a machine that grows busier favours neither.
      Turn early = Rounds.turn(round % 2 == 0 ? one.ours() : one.bare(), 1, parameters);
      Turn late = Rounds.turn(round % 2 == 0 ? one.bare() : one.ours(), 1, parameters);
      Turn ours = round % 2 == 0 ? early : late;
      Turn bare = round % 2 == 0 ? late : early;
      new Figure(one.title() + CPU_RATIO, ours.cpuNanos() / bare.cpuNanos()).print();
      new Figure(one.title() + OURS_NANOS, ours.cpuNanos()).print();
      new Figure(one.title() + BARE_NANOS, bare.cpuNanos()).print();
    }
    new Figure(one.title() + OURS_BYTES, Rounds.allocation(one.ours(), parameters)).print();
    new Figure(one.title() + BARE_BYTES, Rounds.allocation(one.bare(), parameters)).print();
  }

  /** How much more two threads do than one, beside two threads that share nothing at all. */
  private static void scaling(SpeedCase one, int rounds) throws RunnerException {
    for (int round = 0; round < rounds; round++) {
      scaling(one.title(), one.ours(), one.parameters());
      scaling(MACHINE, SPIN, Map.of());
    }
  }

  private static void scaling(String title, String benchmark, Map<String, String> parameters)
      throws RunnerException {
    Turn single = Rounds.turn(benchmark, 1, parameters);
    Turn twice = Rounds.turn(benchmark, 2, parameters);
    new Figure(title + ONE_THREAD + CLOCK, single.nanos()).print();
    new Figure(title + ONE_THREAD + CPU, single.cpuNanos()).print();
    new Figure(title + TWO_THREADS + CLOCK, twice.nanos()).print();
    new Figure(title + TWO_THREADS + CPU, twice.cpuNanos()).print();
  }
}
