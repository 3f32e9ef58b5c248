package io.sharedredis.spring.tempdata;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads values as ASP.NET Core does: text that looks like a GUID or date becomes one, numbers are
 * 32 bits wide, arrays are of strings or numbers alone, an empty one is nothing. One value that is
 * none of these makes the whole unreadable.
 */
final class TempDataReader {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** ISO 8601 as .NET takes it: date, or date and time to the minute or finer. */
  private static final Pattern DATE =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)"
              + "(?:(T\\d\\d:\\d\\d)(?:(:\\d\\d)(\\.\\d{1,16})?)?(Z|[+-]\\d\\d:\\d\\d)?)?");

  /** Digits of a fraction that count: 100 ns. */
  private static final int FRACTION = 7;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private TempDataReader() {}

  /** The values by name, in their order; none if the text is not such JSON. */
  static Map<String, @Nullable Object> read(String json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      if (root == null || !root.isObject()) {
        return Map.of();
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      root.properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
      return Collections.unmodifiableMap(values);
    } catch (JacksonException | IllegalArgumentException e) {
      return Map.of();
    }
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isString()) {
      return text(node.stringValue());
    }
    if (node.isInt()) {
      return node.intValue();
    }
    if (node.isArray()) {
      return array(node);
    }
    if (node.isObject()) {
      return dictionary(node);
    }
    throw new IllegalArgumentException("no value of TempData");
  }

  private static @Nullable Object array(JsonNode node) {
    if (node.isEmpty()) {
      return null;
    }
    boolean texts = node.get(0).isString();
    List<Object> values = new ArrayList<>();
    for (JsonNode one : node) {
      if (texts ? !one.isString() : !one.isInt()) {
        throw new IllegalArgumentException("an array of several types");
      }
      values.add(texts ? one.stringValue() : (Object) one.intValue());
    }
    return List.copyOf(values);
  }

  private static Map<String, @Nullable String> dictionary(JsonNode node) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    node.properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              if (!value.isString() && !value.isNull()) {
                throw new IllegalArgumentException("a dictionary of other than text");
              }
              values.put(entry.getKey(), value.isNull() ? null : value.stringValue());
            });
    return Collections.unmodifiableMap(values);
  }

  private static Object text(String text) {
    if (GUID.matcher(text).matches()) {
      return UUID.fromString(text);
    }
    var date = DATE.matcher(text);
    if (!date.matches()) {
      return text;
    }
    try {
      return date(date.group(1), date.group(2), date.group(3), date.group(4), date.group(5));
    } catch (DateTimeException e) {
      return text;
    }
  }

  private static Object date(
      String day,
      @Nullable String minute,
      @Nullable String second,
      @Nullable String fraction,
      @Nullable String zone) {
    String digits = fraction == null ? "" : fraction;
    String local =
        day
            + (minute == null ? "T00:00" : minute)
            + (second == null ? "" : second)
            + digits.substring(0, Math.min(digits.length(), 1 + FRACTION));
    if (zone == null) {
      return LocalDateTime.parse(local);
    }
    return OffsetDateTime.parse(local + zone).toInstant();
  }
}
