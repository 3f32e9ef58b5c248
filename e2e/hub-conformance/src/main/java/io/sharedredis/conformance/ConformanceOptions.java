package io.sharedredis.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command line: the options of the recorded server, as properties of the application, given as
 * {@code --option value} or {@code --option=value}. What is no such option goes on to Spring as it
 * is.
 */
final class ConformanceOptions {

  /** The option, and the properties it sets. */
  private static final Map<String, List<String>> PROPERTIES =
      Map.of(
          "--urls", List.of("conformance.urls"),
          "--json-names", List.of("conformance.json-names"),
          "--disconnect-timeout",
              List.of("shared-redis.hub.disconnect-timeout", "shared-redis.hub.connect-timeout"),
          "--max-upgraded", List.of("conformance.max-upgraded"),
          "--max-connections", List.of("conformance.max-connections"),
          "--throw-detailed",
              List.of("shared-redis.hub.endpoints[/probe/throw-on-connect].detailed-errors"),
          "--webroot", List.of("spring.web.resources.static-locations"),
          "--log", List.of("logging.level.io.sharedredis"));

  private static final String PORTABLE = "--shared-redis.hub.sockets=portable";

  private ConformanceOptions() {}

  /**
   * @throws IllegalArgumentException naming an option without its value
   */
  static String[] toProperties(String... arguments) {
    List<String> properties = new ArrayList<>();
    boolean upgradesCounted = false;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      int equals = argument.indexOf('=');
      String option = equals < 0 ? argument : argument.substring(0, equals);
      List<String> names = PROPERTIES.get(option);
      if (names == null) {
        properties.add(argument);
        continue;
      }
      if (equals < 0 && ++i == arguments.length) {
        throw new IllegalArgumentException("option " + option + " needs a value after it");
      }
      String value = property(option, equals < 0 ? arguments[i] : argument.substring(equals + 1));
      names.forEach(name -> properties.add("--" + name + "=" + value));
      upgradesCounted |= option.equals("--max-upgraded");
    }
    if (upgradesCounted && !properties.contains(PORTABLE)) {
      // They are counted where the container makes them.
      properties.add(PORTABLE);
    }
    return properties.toArray(String[]::new);
  }

  private static String property(String option, String value) {
    return switch (option) {
      case "--disconnect-timeout" -> value + "s";
      case "--webroot" -> "file:" + (value.endsWith("/") ? value : value + "/");
      default -> value;
    };
  }
}
