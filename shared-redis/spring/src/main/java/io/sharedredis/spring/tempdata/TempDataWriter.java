package io.sharedredis.spring.tempdata;

import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** Writes values byte for byte as ASP.NET Core does; its escapes are fit for HTML. */
final class TempDataWriter {

  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          // .NET's ticks are 100 ns; zeros at the end are left out.
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 7, true)
          .toFormatter();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .characterEscapes(new HtmlEscapes())
          .build();

  private TempDataWriter() {}

  /**
   * @throws IllegalArgumentException if a value is of a type that TempData cannot hold; names it
   */
  static String write(Map<String, ? extends @Nullable Object> values) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      values.forEach(
          (name, value) -> {
            out.writeName(name);
            write(out, name, value);
          });
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, String name, @Nullable Object value) {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Boolean bool) {
      out.writeBoolean(bool);
    } else if (value instanceof int[] numbers) {
      writeAll(out, name, Arrays.stream(numbers).boxed().toList());
    } else if (value instanceof String[] texts) {
      writeAll(out, name, Arrays.asList(texts));
    } else if (value instanceof Collection<?> many) {
      writeAll(out, name, many);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(out, name, map);
    } else {
      writeSingle(out, name, value);
    }
  }

  private static void writeSingle(JsonGenerator out, String name, Object value) {
    if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof String || value instanceof UUID) {
      out.writeString(value.toString());
    } else if (value instanceof Instant instant) {
      out.writeString(DATE.format(instant.atOffset(ZoneOffset.UTC)) + "Z");
    } else if (value instanceof LocalDateTime local) {
      out.writeString(DATE.format(local));
    } else {
      throw refused(name, value);
    }
  }

  private static void writeAll(JsonGenerator out, String name, Collection<?> values) {
    boolean texts = values.stream().allMatch(String.class::isInstance);
    if (!texts && !values.stream().allMatch(Integer.class::isInstance)) {
      throw refused(name, values);
    }
    out.writeStartArray();
    values.forEach(value -> writeSingle(out, name, Objects.requireNonNull(value)));
    out.writeEndArray();
  }

  private static void writeMap(JsonGenerator out, String name, Map<?, ?> map) {
    out.writeStartObject();
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String field) || !(value == null || value instanceof String)) {
            throw refused(name, map);
          }
          out.writeName(field);
          if (value == null) {
            out.writeNull();
          } else {
            out.writeString((String) value);
          }
        });
    out.writeEndObject();
  }

  private static IllegalArgumentException refused(String name, Object value) {
    return new IllegalArgumentException(
        "TempData '"
            + name
            + "' is a "
            + value.getClass().getName()
            + "; it holds text, int, boolean, UUID, Instant, LocalDateTime, lists of text or int and"
            + " maps of text alone");
  }

  /** What .NET's default encoder escapes besides what JSON demands. */
  private static final class HtmlEscapes extends CharacterEscapes {

    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
      for (char c : new char[] {'"', '&', '\'', '+', '<', '>', '`', 0x7f}) {
        codes[c] = CharacterEscapes.ESCAPE_STANDARD;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
