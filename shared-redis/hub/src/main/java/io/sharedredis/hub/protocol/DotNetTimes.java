package io.sharedredis.hub.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/** Times as .NET writes them: {@code TimeSpan}, {@code DateOnly}, {@code DateTimeOffset}. */
final class DotNetTimes {

  /** Day 0 of {@code DateOnly} is 0001-01-01. */
  private static final long DAYS_BEFORE_1970 = 719_162;

  /** Ticks of 100 ns. */
  private static final long TICKS_PER_SECOND = 10_000_000;

  private static final int NANOS_PER_TICK = 100;

  private DotNetTimes() {}

  static SimpleModule json() {
    return new SimpleModule("shared-redis-hub-dotnet-times")
        .addSerializer(Duration.class, new TimeSpans());
  }

  static SimpleModule messagePack() {
    return new SimpleModule("shared-redis-hub-dotnet-times")
        .addSerializer(Duration.class, new Ticks())
        .addSerializer(LocalDate.class, new Days())
        .addSerializer(LocalDateTime.class, new Unspecified())
        .addSerializer(OffsetDateTime.class, new Offsets());
  }

  private static final class TimeSpans extends ValueSerializer<Duration> {
    @Override
    public void serialize(Duration value, JsonGenerator to, SerializationContext context) {
      to.writeString(text(value));
    }
  }

  /** Format {@code c}: {@code [-][d.]hh:mm:ss[.fffffff]}. */
  static String text(Duration value) {
    Duration amount = value.abs();
    StringBuilder text = new StringBuilder(value.isNegative() ? "-" : "");
    if (amount.toDays() > 0) {
      text.append(amount.toDays()).append('.');
    }
    text.append(
        String.format(
            "%02d:%02d:%02d",
            amount.toHoursPart(), amount.toMinutesPart(), amount.toSecondsPart()));
    int ticks = amount.toNanosPart() / NANOS_PER_TICK;
    if (ticks > 0) {
      text.append(String.format(".%07d", ticks));
    }
    return text.toString();
  }

  private static final class Ticks extends ValueSerializer<Duration> {
    @Override
    public void serialize(Duration value, JsonGenerator to, SerializationContext context) {
      to.writeNumber(value.getSeconds() * TICKS_PER_SECOND + value.getNano() / NANOS_PER_TICK);
    }
  }

  private static final class Days extends ValueSerializer<LocalDate> {
    @Override
    public void serialize(LocalDate value, JsonGenerator to, SerializationContext context) {
      to.writeNumber(value.toEpochDay() + DAYS_BEFORE_1970);
    }
  }

  private static final class Unspecified extends ValueSerializer<LocalDateTime> {
    @Override
    public void serialize(LocalDateTime value, JsonGenerator to, SerializationContext context) {
      to.writeEmbeddedObject(value.toInstant(ZoneOffset.UTC));
    }
  }

  /** The clock's time as if it were UTC, then the offset in minutes. */
  private static final class Offsets extends ValueSerializer<OffsetDateTime> {
    @Override
    public void serialize(OffsetDateTime value, JsonGenerator to, SerializationContext context) {
      Instant clock = value.toLocalDateTime().toInstant(ZoneOffset.UTC);
      to.writeStartArray();
      to.writeEmbeddedObject(clock);
      to.writeNumber(value.getOffset().getTotalSeconds() / 60);
      to.writeEndArray();
    }
  }
}
