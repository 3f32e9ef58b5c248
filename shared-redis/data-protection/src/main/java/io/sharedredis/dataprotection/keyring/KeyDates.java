package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Instants of key elements: xs:dateTime at a resolution of 100 ns, written without trailing zeros.
 */
public final class KeyDates {
  /** Resolution of the format and of .NET's clock. */
  private static final int TICK_NANOS = 100;

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)"
              + "(?:T(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))?)?"
              + "([Zz]|([+-])(\\d\\d):(\\d\\d))?");

  private KeyDates() {}

  /** The instant without what the format cannot carry. */
  public static Instant truncate(Instant instant) {
    return instant.minusNanos(instant.getNano() % TICK_NANOS);
  }

  static String format(Instant instant) {
    return format(instant.atOffset(ZoneOffset.UTC));
  }

  /** Keeps the offset, as ASP.NET Core does for the date of a mass revocation. */
  static String format(OffsetDateTime time) {
    StringBuilder text = new StringBuilder(33);
    text.append(
        String.format(
            "%04d-%02d-%02dT%02d:%02d:%02d",
            time.getYear(),
            time.getMonthValue(),
            time.getDayOfMonth(),
            time.getHour(),
            time.getMinute(),
            time.getSecond()));
    text.append(fraction(time.getNano(), "."));
    return text.append(time.getOffset().getId()).toString();
  }

  /** Up to seven digits after a separator; nothing for a whole second. */
  static String fraction(int nanos, String separator) {
    int ticks = nanos / TICK_NANOS;
    if (ticks == 0) {
      return "";
    }
    return separator + String.format("%07d", ticks).replaceAll("0+$", "");
  }

  /**
   * Reads what ASP.NET Core 10 reads: blanks around, any offset, date only, more than seven digits
   * (rounded). A missing zone is UTC, so that all replicas agree whatever their zone (.NET takes
   * the local zone of the machine).
   */
  static Instant parse(String text) {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw unreadable();
    }
    try {
      LocalDate date = LocalDate.of(number(m, 1), number(m, 2), number(m, 3));
      LocalTime time =
          m.group(4) == null
              ? LocalTime.MIDNIGHT
              : LocalTime.of(number(m, 4), number(m, 5), number(m, 6));
      ZoneOffset offset = ZoneOffset.UTC;
      if (m.group(9) != null) {
        int sign = m.group(9).equals("-") ? -1 : 1;
        offset = ZoneOffset.ofHoursMinutes(sign * number(m, 10), sign * number(m, 11));
      }
      return LocalDateTime.of(date, time).toInstant(offset).plusNanos(nanos(m.group(7)));
    } catch (DateTimeException e) {
      throw unreadable();
    }
  }

  private static long nanos(@Nullable String digits) {
    if (digits == null) {
      return 0;
    }
    return new BigDecimal("0." + digits)
        .setScale(7, RoundingMode.HALF_UP)
        .movePointRight(9)
        .longValueExact();
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static DataProtectionException unreadable() {
    return new DataProtectionException("a date of a key element is not an xs:dateTime");
  }
}
