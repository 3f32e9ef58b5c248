package io.sharedredis.conformance;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * What .NET's {@code DateTime} knows: a clock's time, and whether that clock shows UTC or nobody
 * said.
 */
record DateTime(LocalDateTime clock, boolean utc) {

  /** .NET's {@code default(DateTime)}. */
  static final DateTime MINIMUM = new DateTime(LocalDateTime.of(1, 1, 1, 0, 0), false);

  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 7, true)
          .toFormatter();

  static DateTime ofUtc(String clock) {
    return new DateTime(LocalDateTime.parse(clock), true);
  }

  String text() {
    return FORMAT.format(clock) + (utc ? "Z" : "");
  }

  static SimpleModule json() {
    return new SimpleModule("conformance-times")
        .addDeserializer(DateTime.class, new Reader())
        .addSerializer(
            DateTime.class,
            new ValueSerializer<>() {
              @Override
              public void serialize(
                  DateTime value, JsonGenerator to, SerializationContext context) {
                to.writeString(value.text());
              }
            });
  }

  /** An unspecified time goes as if it were UTC. */
  static SimpleModule messagePack() {
    return new SimpleModule("conformance-times")
        .addDeserializer(DateTime.class, new Reader())
        .addSerializer(
            DateTime.class,
            new ValueSerializer<>() {
              @Override
              public void serialize(
                  DateTime value, JsonGenerator to, SerializationContext context) {
                to.writeEmbeddedObject(value.clock().toInstant(ZoneOffset.UTC));
              }
            });
  }

  private static final class Reader extends ValueDeserializer<DateTime> {
    @Override
    public DateTime deserialize(JsonParser from, DeserializationContext context) {
      if (from.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
          && from.getEmbeddedObject() instanceof Instant instant) {
        return new DateTime(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), true);
      }
      String text = from.getString();
      try {
        return text.endsWith("Z")
            ? ofUtc(text.substring(0, text.length() - 1))
            : new DateTime(LocalDateTime.parse(text), false);
      } catch (DateTimeParseException e) {
        return (DateTime) context.handleWeirdStringValue(DateTime.class, text, "no time");
      }
    }
  }
}
