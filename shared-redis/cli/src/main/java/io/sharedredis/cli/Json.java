package io.sharedredis.cli;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** JSON of maps, iterables, numbers, booleans, null and JSON; anything else as its text. */
final class Json {
  private static final ObjectWriteContext INDENTED =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
          return new DefaultPrettyPrinter()
              .withObjectIndenter(indenter)
              .withArrayIndenter(indenter);
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  private Json() {}

  /**
   * What is JSON already.
   *
   * @param text one value on one line
   */
  record Raw(String text) {}

  /** Members in the order in which they are put; a null value is written as null. */
  static Map<String, @Nullable Object> object() {
    return new LinkedHashMap<>();
  }

  /** On one line. */
  static String line(Map<String, ? extends @Nullable Object> object) {
    return text(object, ObjectWriteContext.empty());
  }

  /** Indented, for people. */
  static String indented(Map<String, ? extends @Nullable Object> object) {
    return text(object, INDENTED);
  }

  private static String text(Object value, ObjectWriteContext context) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(context, text)) {
      write(json, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      object.forEach(
          (name, member) -> {
            json.writeName(String.valueOf(name));
            write(json, member);
          });
      json.writeEndObject();
    } else if (value instanceof Iterable<?> array) {
      json.writeStartArray();
      array.forEach(element -> write(json, element));
      json.writeEndArray();
    } else if (value instanceof Raw raw) {
      json.writeRawValue(raw.text());
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else {
      json.writeString(value.toString());
    }
  }
}
