package io.sharedredis.farmhub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line: the options of the recorded servers, as properties of the application. What is
 * no such option goes on to Spring as it is.
 */
final class FarmHubOptions {

  /** Options with a value, and the property each sets. */
  private static final Map<String, String> WITH_VALUE =
      Map.of(
          "--port", "server.port",
          "--prefix", "shared-redis.hub.redis.channel-prefix",
          "--app", "farm-hub.app",
          "--protocols", "shared-redis.hub.protocols",
          "--parallel", "shared-redis.hub.maximum-parallel-invocations");

  /** Options that stand alone or have {@code true} or {@code false}. */
  private static final Map<String, String> SWITCHES =
      Map.of(
          "--detailed-errors", "shared-redis.hub.detailed-errors",
          "--abort-on-connect-fail", "farm-hub.abort-on-connect-fail");

  private FarmHubOptions() {}

  /**
   * @throws IllegalArgumentException naming an option without its value
   */
  static String[] toProperties(String... arguments) {
    Map<String, String> properties = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    List<String> left = new ArrayList<>(split(arguments));
    while (!left.isEmpty()) {
      String option = left.remove(0);
      if (SWITCHES.containsKey(option)) {
        boolean said = !left.isEmpty() && left.get(0).matches("(?i)true|false");
        properties.put(SWITCHES.get(option), said ? left.remove(0) : "true");
      } else if (WITH_VALUE.containsKey(option)) {
        properties.put(WITH_VALUE.get(option), value(option, left));
      } else if (option.equals("--redis")) {
        properties.put("spring.data.redis.url", redis(value(option, left)));
      } else if (option.equals("--client-timeout")) {
        properties.put("shared-redis.hub.client-timeout", seconds(value(option, left)));
      } else {
        others.add(option);
      }
    }
    List<String> all = new ArrayList<>();
    properties.forEach((name, value) -> all.add("--" + name + "=" + value));
    all.addAll(others);
    return all.toArray(String[]::new);
  }

  /** Takes {@code --option=value} of our options apart. */
  private static List<String> split(String... arguments) {
    List<String> parts = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      boolean ours =
          WITH_VALUE.containsKey(name)
              || SWITCHES.containsKey(name)
              || name.equals("--redis")
              || name.equals("--client-timeout");
      if (equals > 0 && ours) {
        parts.add(name);
        parts.add(argument.substring(equals + 1));
      } else {
        parts.add(argument);
      }
    }
    return parts;
  }

  private static String value(String option, List<String> left) {
    if (left.isEmpty()) {
      throw new IllegalArgumentException("option " + option + " needs a value after it");
    }
    return left.remove(0);
  }

  private static String redis(String value) {
    return value.contains("://") ? value : "redis://" + value;
  }

  /** A number is seconds, as with the recorded servers. */
  private static String seconds(String value) {
    return value.matches("[0-9]+") ? value + "s" : value;
  }
}
