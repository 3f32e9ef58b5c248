package io.sharedredis.conformance;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The values that differ from run to run: {@code {name}} in a recording. */
final class Names {
  private static final Pattern NAME = Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9 -]*)}");

  private final Map<String, String> values = new HashMap<>();

  void put(String name, String value) {
    values.put(name, value);
  }

  @Nullable String get(String name) {
    return values.get(name);
  }

  /** The text with all values known put in. */
  String fill(String text) {
    return NAME.matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), found.group())));
  }

  /** Whether the text is the recorded one; values it shows for the first time are kept. */
  boolean matches(String recorded, String actual) {
    String filled = fill(recorded);
    StringBuilder pattern = new StringBuilder();
    Matcher open = NAME.matcher(filled);
    int end = 0;
    while (open.find()) {
      pattern.append(Pattern.quote(filled.substring(end, open.start()))).append("([^\"]+?)");
      end = open.end();
    }
    pattern.append(Pattern.quote(filled.substring(end)));
    Matcher found = Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(actual);
    if (!found.matches()) {
      return false;
    }
    Matcher names = NAME.matcher(filled);
    for (int i = 1; names.find(); i++) {
      values.put(names.group(1), found.group(i));
    }
    return true;
  }
}
