package io.sharedredis.spring.session;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads by what somebody proved who they are, and when. */
final class FactorReader extends FieldsReader<FactorGrantedAuthority, FactorReader.Fields> {

  /**
   * As Jackson writes seconds with their nanoseconds; what has other digits goes by its way of a
   * {@code BigDecimal}.
   */
  private static final int NANO_DIGITS = 9;

  /** Until the year 33658. */
  private static final int SECOND_DIGITS = 12;

  private @Nullable ValueDeserializer<Object> instants;

  /** What has been read of one authority. */
  static final class Fields {
    private @Nullable String authority;
    private @Nullable Instant issuedAt;
  }

  @Override
  void findParts(DeserializationContext context) {
    instants = reader(context, Instant.class);
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "authority" -> {
        fields.authority = parser.getValueAsString();
        // Anything but text means nothing here.
        parser.skipChildren();
      }
      case "issuedAt" ->
          fields.issuedAt = parser.hasToken(JsonToken.VALUE_NULL) ? null : instant(parser, context);
      default -> {
        return false;
      }
    }
    return true;
  }

  private Instant instant(JsonParser parser, DeserializationContext context) {
    if (parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
      String seconds = parser.getString();
      int point = seconds.length() - NANO_DIGITS - 1;
      if (point > 0 && point <= SECOND_DIGITS && isPlain(seconds, point)) {
        return Instant.ofEpochSecond(
            Long.parseLong(seconds, 0, point, 10),
            Integer.parseInt(seconds, point + 1, seconds.length(), 10));
      }
    }
    return (Instant) Objects.requireNonNull(instants).deserialize(parser, context);
  }

  private static boolean isPlain(String seconds, int point) {
    for (int i = 0; i < seconds.length(); i++) {
      char letter = seconds.charAt(i);
      if (i == point ? letter != '.' : letter < '0' || letter > '9') {
        return false;
      }
    }
    return true;
  }

  @Override
  FactorGrantedAuthority end(Fields fields, DeserializationContext context) {
    String authority = fields.authority;
    Instant issuedAt = fields.issuedAt;
    // Without a time it would count as proved now.
    return authority == null || authority.isBlank() || issuedAt == null
        ? context.reportInputMismatch(FactorGrantedAuthority.class, "name or time are missing")
        : FactorGrantedAuthority.withAuthority(authority).issuedAt(issuedAt).build();
  }
}
