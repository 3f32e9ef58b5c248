package io.sharedredis.dataprotection.repository;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The mark of a deliberate reset: {@code at-}, milliseconds since 1970, {@code -} and a random
 * UUID. Marks of earlier releases, a UUID alone, do not tell when.
 */
public final class ResetMark {
  /** 15 digits last for 30,000 years. */
  private static final Pattern FORM = Pattern.compile("at-([0-9]{1,15})-[0-9a-f-]{36}");

  private ResetMark() {}

  /** A new mark, of the next millisecond: what was made in this one is older than the reset. */
  public static String at(Instant now) {
    return "at-" + (now.toEpochMilli() + 1) + "-" + UUID.randomUUID();
  }

  /** When the reset took place, or null if the mark does not tell. */
  static @Nullable Instant instant(String mark) {
    Matcher matcher = FORM.matcher(mark);
    return matcher.matches() ? Instant.ofEpochMilli(Long.parseLong(matcher.group(1))) : null;
  }
}
