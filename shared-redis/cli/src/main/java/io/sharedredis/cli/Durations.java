package io.sharedredis.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 5m}, {@code 90d}, or ISO-8601 ({@code PT5M}). */
final class Durations {
  private static final Pattern SIMPLE = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");

  private Durations() {}

  /**
   * @param option named in the error
   * @throws UsageException if the text is of neither form
   */
  static Duration parse(String option, String text) {
    try {
      Matcher simple = SIMPLE.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!simple.matches()) {
        return Duration.parse(text.strip());
      }
      long count = Long.parseLong(simple.group(1));
      return switch (simple.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      };
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new UsageException(
          option
              + " '"
              + text
              + "' is not a duration; write a number with ms, s, m, h or d (5m, 90d), or ISO-8601"
              + " (PT5M)");
    }
  }
}
