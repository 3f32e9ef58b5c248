package io.sharedredis.hub.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/** How values of the application become JSON: as ASP.NET Core writes them, but enums by name. */
public final class PayloadMappers {

  private PayloadMappers() {}

  /**
   * Names as declared in Java (camelCase), nulls written; read ignoring case, enums by name or
   * number. Like System.Text.Json it converts nothing silently: a text is no number, {@code 1.0} is
   * no integer, null is no primitive.
   */
  public static JsonMapper json() {
    return common()
        .addModule(wholeNumbers())
        .disable(SerializationFeature.FAIL_ON_SELF_REFERENCES)
        .build();
  }

  /** The same for MessagePack: points in time become timestamps, decimals texts. */
  public static JsonMapper messagePack() {
    return decimalsAsTexts().build();
  }

  private static JsonMapper.Builder decimalsAsTexts() {
    return common()
        .addModule(timestamps())
        .withCoercionConfig(
            BigDecimal.class,
            config -> config.setCoercion(CoercionInputShape.String, CoercionAction.TryConvert))
        .withCoercionConfig(
            BigInteger.class,
            config -> config.setCoercion(CoercionInputShape.String, CoercionAction.TryConvert));
  }

  /**
   * As System.Text.Json writes what .NET hubs send: enums by number, {@link
   * io.sharedredis.hub.HubValue} or position, durations as {@code TimeSpan}. Reads what the default
   * mapping reads.
   */
  public static JsonMapper dotNetJson() {
    return common()
        .addModule(wholeNumbers())
        .addModule(EnumNumbers.writing())
        .addModule(DotNetTimes.json())
        .disable(SerializationFeature.FAIL_ON_SELF_REFERENCES)
        .build();
  }

  /**
   * As MessagePack for C# writes what .NET hubs send: names in PascalCase, enums by name. Reads
   * what the default mapping reads.
   */
  public static JsonMapper dotNetMessagePack() {
    return decimalsAsTexts()
        .addModule(DotNetTimes.messagePack())
        .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
        .build();
  }

  private static JsonMapper.Builder common() {
    return JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(EnvelopeFactory.MAX_DEPTH)
                        .build())
                // A cycle ends here, too.
                .streamWriteConstraints(
                    StreamWriteConstraints.builder()
                        .maxNestingDepth(EnvelopeFactory.MAX_DEPTH)
                        .build())
                .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                .build())
        .annotationIntrospector(new HubNames())
        .addModule(EnumNumbers.reading())
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        // A property that is missing has its default; a null argument is refused by the payload.
        .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
  }

  private static SimpleModule timestamps() {
    return new SimpleModule("shared-redis-hub-timestamps")
        .addSerializer(Instant.class, new Timestamps<>(instant -> instant))
        .addSerializer(OffsetDateTime.class, new Timestamps<>(OffsetDateTime::toInstant))
        .addSerializer(ZonedDateTime.class, new Timestamps<>(ZonedDateTime::toInstant))
        .addSerializer(Date.class, new Timestamps<>(Date::toInstant));
  }

  // System.Text.Json writes the double 2.0 as 2; readers of either kind accept both.
  private static SimpleModule wholeNumbers() {
    return new SimpleModule("shared-redis-hub")
        .addSerializer(Double.class, new WholeDoubles())
        .addSerializer(double.class, new WholeDoubles())
        .addSerializer(Float.class, new WholeFloats())
        .addSerializer(float.class, new WholeFloats());
  }

  private static final class Timestamps<T> extends ValueSerializer<T> {
    private final Function<T, Instant> instant;

    Timestamps(Function<T, Instant> instant) {
      this.instant = instant;
    }

    @Override
    public void serialize(T value, JsonGenerator to, SerializationContext context) {
      to.writeEmbeddedObject(instant.apply(value));
    }
  }

  /** Above it a double's text has an exponent, and long would lose digits. */
  private static final double LARGEST_PLAIN = 1e7;

  private static final class WholeDoubles extends ValueSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializationContext context) {
      double number = value;
      if (number == Math.rint(number) && Math.abs(number) < LARGEST_PLAIN) {
        json.writeNumber((long) number);
      } else {
        json.writeNumber(number);
      }
    }
  }

  private static final class WholeFloats extends ValueSerializer<Float> {
    @Override
    public void serialize(Float value, JsonGenerator json, SerializationContext context) {
      float number = value;
      if (number == Math.rint(number) && Math.abs(number) < LARGEST_PLAIN) {
        json.writeNumber((long) number);
      } else {
        json.writeNumber(number);
      }
    }
  }
}
