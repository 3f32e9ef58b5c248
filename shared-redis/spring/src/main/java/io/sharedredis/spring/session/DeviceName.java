package io.sharedredis.spring.session;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people call the browser that a {@code User-Agent} names: "Firefox on Windows". Browsers name
 * each other in theirs, so the order of the rules matters. Nothing depends on it but what is shown,
 * and a client may say what it likes: to be escaped like any other input.
 */
final class DeviceName {

  private static final String UNKNOWN = "Unknown device";

  /** Token of the user agent, name of the browser; the first that is found counts. */
  private static final String[][] BROWSERS = {
    {"Edg", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"Chrome/", "Chrome"},
    {"CriOS/", "Chrome"},
    {"Safari/", "Safari"},
  };

  /** Token of the user agent, name of the system; the first that is found counts. */
  private static final String[][] SYSTEMS = {
    {"iPhone", "iPhone"},
    {"iPad", "iPad"},
    {"Android", "Android"},
    {"CrOS", "ChromeOS"},
    {"Windows", "Windows"},
    {"Mac OS X", "macOS"},
    {"Linux", "Linux"},
  };

  /** A program names itself first, as RFC 9110 wants it: "curl/8.5.0". */
  private static final Pattern PRODUCT = Pattern.compile("^[A-Za-z][A-Za-z0-9._-]{0,39}");

  private DeviceName() {}

  static String of(String userAgent) {
    // What headless browsers call themselves is the same browser.
    String told = userAgent.replace("Headless", "");
    String browser = first(BROWSERS, told);
    if (browser.isEmpty()) {
      Matcher product = PRODUCT.matcher(told);
      boolean named = product.find() && !product.group().toLowerCase(Locale.ROOT).equals("mozilla");
      return named ? product.group() : UNKNOWN;
    }
    String system = first(SYSTEMS, told);
    return system.isEmpty() ? browser : browser + " on " + system;
  }

  private static String first(String[][] rules, String told) {
    for (String[] rule : rules) {
      if (told.contains(rule[0])) {
        return rule[1];
      }
    }
    return "";
  }
}
