package io.sharedredis.benchmarks.sessions;

import io.sharedredis.benchmarks.measure.Figure;
import io.sharedredis.benchmarks.measure.Rounds;
import io.sharedredis.benchmarks.measure.Rounds.Turn;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** What one JVM measures of loads and saves; prints {@link Figure}s for {@link SpeedProof}. */
final class RepositoryFork {
  static final List<String> OPERATIONS = List.of("Load", "Save", "LoadAndSave");
  static final String OURS = "ours";
  static final String SPRING = "spring";
  static final String DOCUMENTED = "documented";
  static final String CPU_RATIO = " cpu ratio";
  static final String CPU = " cpu ns";
  static final String BYTES = " B";

  /** A command to Redis and back is far more code than one that encrypts. */
  private static final int WARM_UPS = 8;

  private RepositoryFork() {}

  /**
   * @param args rounds
   */
  public static void main(String[] args) throws RunnerException {
    int rounds = Integer.parseInt(args[0]);
    for (String operation : OPERATIONS) {
      for (int i = 0; i < WARM_UPS; i++) {
        Rounds.warmUp(benchmark(OURS, operation), benchmark(SPRING, operation), Map.of());
      }
      Rounds.warmUp(benchmark(OURS, operation), benchmark(DOCUMENTED, operation), Map.of());
      for (int round = 0; round < rounds; round++) {
        String first = round % 2 == 0 ? OURS : SPRING;
        String second = round % 2 == 0 ? SPRING : OURS;
        Turn early = Rounds.turn(benchmark(first, operation), 1, Map.of());
        Turn late = Rounds.turn(benchmark(second, operation), 1, Map.of());
        new Figure(first + operation + CPU, early.cpuNanos()).print();
        new Figure(second + operation + CPU, late.cpuNanos()).print();
        double ratio = early.cpuNanos() / late.cpuNanos();
        new Figure(operation + CPU_RATIO, round % 2 == 0 ? ratio : 1 / ratio).print();
      }
      for (int round = 0; round < rounds; round++) {
        Turn documented = Rounds.turn(benchmark(DOCUMENTED, operation), 1, Map.of());
        new Figure(DOCUMENTED + operation + CPU, documented.cpuNanos()).print();
      }
      for (String who : List.of(OURS, SPRING, DOCUMENTED)) {
        new Figure(who + operation + BYTES, Rounds.allocation(benchmark(who, operation), Map.of()))
            .print();
      }
    }
    System.exit(0);
  }

  private static String benchmark(String who, String operation) {
    return "RepositoryBenchmark." + who + operation;
  }
}
