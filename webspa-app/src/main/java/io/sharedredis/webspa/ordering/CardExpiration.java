package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.web.ShopProblem;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The last month a card is valid in: {@code MM/YY} as it stands on the card, {@code MM/YYYY}, or
 * the date (with or without a time) that clients of the original send.
 */
record CardExpiration(YearMonth month) {

  private static final Pattern ON_CARD = Pattern.compile("(0[1-9]|1[0-2])/(?:20)?(\\d{2})");
  private static final Pattern DATE =
      Pattern.compile("20(\\d{2})-(0[1-9]|1[0-2])(?:-\\d{2}(?:T[0-9:.Z+-]{1,30})?)?");

  static CardExpiration parse(@Nullable String text) {
    String value = text == null ? "" : text.strip();
    Matcher card = ON_CARD.matcher(value);
    if (card.matches()) {
      return of(card.group(2), card.group(1));
    }
    Matcher date = DATE.matcher(value);
    if (date.matches()) {
      return of(date.group(1), date.group(2));
    }
    throw ShopProblem.badInput("cardExpiration", "cardExpiration must look like 09/31 (MM/YY)");
  }

  private static CardExpiration of(String year, String month) {
    return new CardExpiration(YearMonth.of(2000 + Integer.parseInt(year), Integer.parseInt(month)));
  }

  /** A card is good until its month is over everywhere: twelve hours after its end in UTC. */
  boolean past(Instant now) {
    Instant end = month.plusMonths(1).atDay(1).atTime(12, 0).toInstant(ZoneOffset.UTC);
    return !now.isBefore(end);
  }
}
