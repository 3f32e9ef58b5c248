package io.sharedredis.benchmarks.dataprotection;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The figures of several forked JVMs, collected by name. */
final class Measurements {
  /** Enough for a ring of a thousand keys; fixed, so that the heap does not grow in between. */
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  private final Map<String, List<Double>> figures = new TreeMap<>();

  /** Runs a main class on this Java in a JVM of its own and takes what it prints. */
  void fork(Class<?> main, String... args) throws IOException, InterruptedException {
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
        Figure.parse(line)
            .ifPresent(
                figure ->
                    figures
                        .computeIfAbsent(figure.name(), name -> new ArrayList<>())
                        .add(figure.value()));
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(main.getSimpleName() + " ended with " + process.exitValue());
    }
  }

  double median(String name) {
    return quantile(name, 0.5);
  }

  /** The value below which that share of all figures of the name lies. */
  double quantile(String name, double share) {
    List<Double> values = figures.get(name);
    if (values == null) {
      throw new IllegalArgumentException("nothing was measured for " + name);
    }
    return Rounds.quantile(values, share);
  }
}
