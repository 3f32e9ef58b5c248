package io.sharedredis.benchmarks.backplane;

import java.util.List;
import java.util.Locale;

/** A line through measured points and the ideal beside it, as SVG. Same numbers, same bytes. */
final class Plot {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 320;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;

  private Plot() {}

  /**
   * @param title also says what the numbers are
   * @param values at 1, 2, 3 and so on, as multiples of the first
   */
  static String svg(String title, String below, List<Double> values) {
    int count = values.size();
    StringBuilder svg = new StringBuilder(2048);
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">",
        WIDTH,
        HEIGHT);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    add(svg, "<text x=\"%d\" y=\"22\" font-size=\"13\">%s</text>", LEFT, title);
    for (int i = 0; i <= count; i++) {
      double y = y(i, count);
      add(
          svg,
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/>",
          LEFT,
          y,
          WIDTH - RIGHT,
          y,
          i == 0 ? "black" : "#ddd");
      add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d x</text>", LEFT - 8, y + 4, i);
    }
    for (int i = 1; i <= count; i++) {
      add(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
          x(i, count),
          HEIGHT - BOTTOM + 18,
          i);
    }
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 10,
        below);
    line(svg, count, value -> value, "stroke=\"#888\" stroke-dasharray=\"5 4\"");
    line(svg, count, place -> values.get(place - 1), "stroke=\"#0b62a4\" stroke-width=\"2\"");
    for (int i = 1; i <= count; i++) {
      double value = values.get(i - 1);
      add(
          svg,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#0b62a4\"/>",
          x(i, count),
          y(value, count));
      add(
          svg,
          "<text x=\"%.1f\" y=\"%.1f\" fill=\"#0b62a4\">%.2f</text>",
          x(i, count) + 6,
          y(value, count) + 16,
          value);
    }
    add(svg, "</svg>");
    return svg.toString();
  }

  private static void line(
      StringBuilder svg, int count, java.util.function.IntToDoubleFunction value, String style) {
    StringBuilder points = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      points.append(
          String.format(
              Locale.ROOT,
              "%s%.1f,%.1f",
              i == 1 ? "" : " ",
              x(i, count),
              y(value.applyAsDouble(i), count)));
    }
    add(svg, "<polyline points=\"%s\" fill=\"none\" %s/>", points, style);
  }

  private static double x(int place, int count) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (place - 0.5) / count;
  }

  private static double y(double value, int most) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
