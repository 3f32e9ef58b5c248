package io.sharedredis.dataprotection.aspnet.cookie;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Cookies of a request as ASP.NET Core sees them: names without regard to case, of equal names the
 * last, values percent-decoded. Immutable.
 */
public final class RequestCookies {
  private final Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private RequestCookies() {}

  /**
   * @param header value of the {@code Cookie} header; several joined with {@code ;}
   */
  public static RequestCookies parse(String header) {
    RequestCookies cookies = new RequestCookies();
    for (String pair : header.split(";")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        cookies.values.put(
            decode(pair.substring(0, equals).strip()), decode(pair.substring(equals + 1).strip()));
      }
    }
    return cookies;
  }

  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * Percent escapes become bytes of UTF-8; a broken escape stays as it is, and so does {@code +}.
   */
  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
