package io.sharedredis.benchmarks.measure;

import java.util.Optional;

/**
 * One measured number on its way from a forked JVM to the one that judges.
 *
 * @param name what was measured, in words without tabs
 */
public record Figure(String name, double value) {
  private static final String MARK = "FIGURE\t";

  public void print() {
    System.out.println(MARK + name + "\t" + value);
  }

  /** The figure of a line, or empty if the line is something else. */
  static Optional<Figure> parse(String line) {
    if (!line.startsWith(MARK)) {
      return Optional.empty();
    }
    String[] parts = line.split("\t", -1);
    return Optional.of(new Figure(parts[1], Double.parseDouble(parts[2])));
  }
}
