package io.sharedredis.benchmarks.measure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks by turns within this JVM. Two that take turns every fraction of a second meet the
 * same neighbours on the machine, the same clock rate and the same compiled code of the JDK, so
 * that their ratio says more than their times; one JVM per benchmark, JMH's custom, would put
 * minutes between them.
 */
public final class Rounds {
  /** Some thousand calls, and mostly shorter than the time a neighbour leaves us a processor. */
  private static final TimeValue ITERATION = TimeValue.milliseconds(20);

  /** Before each turn: what the other one drove out of the caches comes back. */
  private static final TimeValue RETURN = TimeValue.milliseconds(5);

  private static final TimeValue WARM_UP = TimeValue.milliseconds(250);

  /**
   * Processor time, in nanoseconds, after which the second compiler has done its work. Not the
   * clock's time: of that a busy machine may give us little. As much again passes uncounted.
   */
  private static final long WARM = 400_000_000L;

  private Rounds() {}

  /** Runs two benchmarks by turns until both are compiled. */
  public static void warmUp(String first, String second, Map<String, String> parameters)
      throws RunnerException {
    double used = 0;
    while (used < 2 * WARM) {
      for (String one : List.of(first, second)) {
        for (IterationResult iteration :
            iterations(
                options(one, parameters)
                    .warmupTime(WARM_UP)
                    .measurementTime(WARM_UP)
                    .measurementIterations(1)
                    .addProfiler(CpuTimeProfiler.class))) {
          used +=
              secondary(iteration, CpuTimeProfiler.LABEL).getScore()
                  * iteration.getMetadata().getAllOps();
        }
      }
    }
  }

  /**
   * One turn of a benchmark. Short, so that the two of a pair meet the same conditions; many pairs
   * make up for what one cannot say.
   *
   * @param nanos of the clock a call, as each thread sees it
   * @param cpuNanos of the processors a call
   */
  public record Turn(double nanos, double cpuNanos) {}

  public static Turn turn(String benchmark, int threads, Map<String, String> parameters)
      throws RunnerException {
    List<IterationResult> iterations =
        iterations(
            options(benchmark, parameters).threads(threads).addProfiler(CpuTimeProfiler.class));
    return new Turn(
        median(iterations, IterationResult::getPrimaryResult),
        median(iterations, one -> secondary(one, CpuTimeProfiler.LABEL)));
  }

  /** Bytes allocated a call. */
  public static double allocation(String benchmark, Map<String, String> parameters)
      throws RunnerException {
    return median(
        iterations(options(benchmark, parameters).addProfiler(GCProfiler.class)),
        one -> secondary(one, "gc.alloc.rate.norm"));
  }

  /** The value below which that share of all values lies. */
  public static double quantile(Collection<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  private static List<IterationResult> iterations(ChainedOptionsBuilder options)
      throws RunnerException {
    return new Runner(options.build())
        .runSingle().getBenchmarkResults().stream()
            .flatMap(run -> run.getIterationResults().stream())
            .toList();
  }

  private static double median(
      List<IterationResult> iterations, Function<IterationResult, Result<?>> score) {
    return quantile(iterations.stream().map(one -> score.apply(one).getScore()).toList(), 0.5);
  }

  private static Result<?> secondary(IterationResult iteration, String label) {
    // JMH declares its results raw, hence the loop instead of a stream.
    for (Map.Entry<String, ?> result : iteration.getSecondaryResults().entrySet()) {
      if (result.getKey().endsWith(label) && result.getValue() instanceof Result<?> found) {
        return found;
      }
    }
    throw new IllegalStateException("this JVM does not measure " + label);
  }

  private static ChainedOptionsBuilder options(String benchmark, Map<String, String> parameters) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + benchmark.replace(".", "\\.") + "$")
            .forks(0)
            .threads(1)
            .warmupIterations(1)
            .warmupTime(RETURN)
            .measurementIterations(1)
            .measurementTime(ITERATION)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    return options;
  }
}
