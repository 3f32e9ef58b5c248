package io.sharedredis.benchmarks.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The figures of several forked JVMs, collected by name. */
public final class Measurements {
  /** Enough for a ring of a thousand keys; fixed, so that the heap does not grow in between. */
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  private final Map<String, List<Double>> figures = new TreeMap<>();

  /** Runs a main class on this Java in a JVM of its own and takes what it prints. */
  public void fork(Class<?> main, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(HEAP);
    command.add("-Djmh.ignoreLock=true");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Figure.parse(line).ifPresent(figure -> add(figure.name(), figure.value()));
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(main.getSimpleName() + " ended with " + process.exitValue());
    }
  }

  /** Takes one more figure of a name. */
  public void add(String name, double value) {
    figures.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
  }

  /** Median of the ratios of figures that were taken in pairs. */
  public double ratio(String one, String other) {
    List<Double> ratios = new ArrayList<>();
    List<Double> divisors = values(other);
    for (int i = 0; i < divisors.size(); i++) {
      ratios.add(values(one).get(i) / divisors.get(i));
    }
    return Rounds.quantile(ratios, 0.5);
  }

  public double median(String name) {
    return quantile(name, 0.5);
  }

  /** The value below which that share of all figures of the name lies. */
  public double quantile(String name, double share) {
    return Rounds.quantile(values(name), share);
  }

  private List<Double> values(String name) {
    List<Double> values = figures.get(name);
    if (values == null) {
      throw new IllegalArgumentException("nothing was measured for " + name);
    }
    return values;
  }
}
