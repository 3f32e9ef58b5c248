package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The value of one cookie in what an operator pastes: the value itself (chunks joined, blanks and
 * line breaks between them do not matter), a {@code Cookie} header with or without its name, or
 * {@code Set-Cookie} lines; of chunked cookies the chunks are joined.
 *
 * @param name of the cookie, where there are several
 */
record PastedCookie(String name) {
  /** Base64 of either alphabet, padding only at the end, or with percent escapes for these. */
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9+/_%\\-\\s]*[=\\s]*");

  private static final Pattern CHUNKS_ALONE = Pattern.compile("chunks-[0-9]+");
  private static final String COOKIE = "cookie:";
  private static final String SET_COOKIE = "set-cookie:";

  /**
   * @throws DataProtectionException if the cookie is not there, or a chunk of it is missing
   */
  String value(String pasted) {
    String text = withoutQuotes(pasted.strip());
    if (VALUE.matcher(text).matches()) {
      if (CHUNKS_ALONE.matcher(text).matches()) {
        throw new DataProtectionException(
            "'" + text + "' only counts the chunks of a cookie; paste the whole Cookie header");
      }
      return RequestCookies.parse("value=" + text).get("value").orElse("");
    }
    List<String> pairs = pairs(text);
    RequestCookies cookies = RequestCookies.parse(String.join(";", pairs));
    String value = new ChunkedCookie(name, "").read(cookies).orElseThrow(() -> missing(pairs));
    if (CHUNKS_ALONE.matcher(value).matches()) {
      throw new DataProtectionException(
          "cookie " + name + " says " + value + ", but not all its chunks are there");
    }
    return value;
  }

  private static List<String> pairs(String text) {
    List<String> pairs = new ArrayList<>();
    for (String line : text.split("[\r\n]+")) {
      String header = line.strip();
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(SET_COOKIE)) {
        // Behind the first pair stand attributes, which are no cookies.
        pairs.add(header.substring(SET_COOKIE.length()).split(";", 2)[0]);
      } else if (lower.startsWith(COOKIE)) {
        pairs.addAll(List.of(header.substring(COOKIE.length()).split(";")));
      } else {
        pairs.addAll(List.of(header.split(";")));
      }
    }
    return pairs;
  }

  private static String withoutQuotes(String text) {
    boolean quoted =
        text.length() > 1
            && (text.startsWith("\"") && text.endsWith("\"")
                || text.startsWith("'") && text.endsWith("'"));
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /** Names the cookies that are there; their values may be somebody's. */
  private DataProtectionException missing(List<String> pairs) {
    List<String> names =
        pairs.stream()
            .filter(pair -> pair.indexOf('=') > 0)
            .map(pair -> pair.substring(0, pair.indexOf('=')).strip())
            .limit(20)
            .toList();
    return new DataProtectionException(
        names.isEmpty()
            ? "the input is neither a cookie's value nor a Cookie header"
            : "there is no cookie "
                + name
                + " among "
                + String.join(", ", names)
                + "; --cookie-name names another");
  }
}
