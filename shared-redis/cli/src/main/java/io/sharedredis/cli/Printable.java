package io.sharedredis.cli;

import java.util.regex.Pattern;

/** Text that others wrote, as it may go to a terminal. */
final class Printable {

  /**
   * What a terminal obeys (U+009B begins a command as ESC [ does), what turns text around or hides
   * in it, and what ends a line.
   */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+");

  private Printable() {}

  /** One line without controls; they are no one's to write but ours. */
  static String of(String text) {
    return UNPRINTABLE.matcher(text).replaceAll(" ");
  }
}
