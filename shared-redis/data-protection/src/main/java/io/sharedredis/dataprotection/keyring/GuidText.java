package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Key ids as text: any case, with or without dashes, braces, parentheses, blanks around. */
final class GuidText {
  private static final String DIGITS = "([0-9a-fA-F]{%d})";
  private static final Pattern DASHED =
      Pattern.compile(String.format("%1$s-%2$s-%2$s-%2$s-%3$s", digits(8), digits(4), digits(12)));
  private static final Pattern PLAIN =
      Pattern.compile(digits(8) + digits(4) + digits(4) + digits(4) + digits(12));

  private GuidText() {}

  static UUID parse(String text) {
    String trimmed = text.strip();
    Matcher plain = PLAIN.matcher(trimmed);
    Matcher dashed = DASHED.matcher(withoutBrackets(trimmed));
    Matcher found = plain.matches() ? plain : dashed;
    if (!plain.matches() && !dashed.matches()) {
      throw new DataProtectionException("a key id is not a GUID");
    }
    String digits =
        found.group(1) + found.group(2) + found.group(3) + found.group(4) + found.group(5);
    return new UUID(
        Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16));
  }

  private static String withoutBrackets(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}");
    boolean parentheses = text.startsWith("(") && text.endsWith(")");
    return (braces || parentheses) && text.length() > 2
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static String digits(int count) {
    return String.format(DIGITS, count);
  }
}
