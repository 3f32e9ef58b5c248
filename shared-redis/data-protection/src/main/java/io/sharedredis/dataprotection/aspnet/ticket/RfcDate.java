package io.sharedredis.dataprotection.aspnet.ticket;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates of tickets and cookies: {@code Mon, 01 Jan 2024 00:00:00 GMT}, always two digits for the
 * day, read exactly, letter case and weekday included.
 */
public final class RfcDate {
  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Z][a-z]{2}), (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d) GMT");

  private RfcDate() {}

  /** Whole seconds; the fraction is dropped. */
  public static String format(Instant instant) {
    LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    return String.format(
        "%s, %02d %s %04d %02d:%02d:%02d GMT",
        DAYS.get(utc.getDayOfWeek().ordinal()),
        utc.getDayOfMonth(),
        MONTHS.get(utc.getMonthValue() - 1),
        utc.getYear(),
        utc.getHour(),
        utc.getMinute(),
        utc.getSecond());
  }

  static Optional<Instant> parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || !MONTHS.contains(m.group(3))) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.of(number(m, 4), MONTHS.indexOf(m.group(3)) + 1, number(m, 2));
      if (!DAYS.get(date.getDayOfWeek().ordinal()).equals(m.group(1)) || date.getYear() == 0) {
        return Optional.empty();
      }
      LocalTime time = LocalTime.of(number(m, 5), number(m, 6), number(m, 7));
      return Optional.of(date.atTime(time).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }
}
