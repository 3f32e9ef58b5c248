package io.sharedredis.farmhub;

import io.sharedredis.farmhub.Order.OrderStatus;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Arguments of every kind, by name. */
final class Shapes {
  private static final Instant HALF_PAST_SEVEN = Instant.parse("2026-11-22T07:30:15Z");

  private Shapes() {}

  /** An object whose names are written as they are. */
  record Anonymous(int orderId, String status, @HubName("buyerName") String buyerName) {}

  static @Nullable Object[] of(String shape) {
    return switch (shape) {
      case "none" -> new Object[] {};
      case "bool" -> new Object[] {true, false};
      case "many" -> new Object[] {1, "two", true, null, 2.5};
      default -> new Object[] {single(shape)};
    };
  }

  private static @Nullable Object single(String shape) {
    return switch (shape) {
      case "int" -> 42;
      case "negative" -> -1;
      case "int-min" -> Integer.MIN_VALUE;
      case "long-max" -> Long.MAX_VALUE;
      case "long-min" -> Long.MIN_VALUE;
      case "ulong-max" -> new BigInteger("18446744073709551615");
      case "byte" -> 200;
      case "double" -> 6.2831853071;
      case "double-whole" -> 2.0;
      case "double-big" -> 1e21;
      case "float" -> 0.1f;
      case "decimal" -> new BigDecimal("12.50");
      case "null" -> null;
      case "string-empty" -> "";
      case "string-non-ascii" -> "Grüße, Жизнь, 注文, 🙂";
      case "string-escapes" -> "<a href='x'>&\"+\\/\0\u001e\u2028\u007f\ttab\nline";
      case "string-100" -> "x".repeat(100);
      case "string-40" -> "y".repeat(40);
      case "string-70000" -> "z".repeat(70_000);
      case "char" -> 'x';
      case "guid" -> UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
      case "bytes" -> new byte[] {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff};
      case "bytes-empty" -> new byte[] {};
      case "bytes-300" -> countedBytes();
      default -> timeOrStructure(shape);
    };
  }

  private static byte[] countedBytes() {
    byte[] bytes = new byte[300];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static Object timeOrStructure(String shape) {
    return switch (shape) {
      case "datetime-utc" -> HALF_PAST_SEVEN.plusMillis(123);
      case "datetime-utc-whole" -> HALF_PAST_SEVEN;
      case "datetime-unspecified" -> LocalDateTime.parse("2026-11-22T07:30:15");
      case "datetime-ticks" -> HALF_PAST_SEVEN.plusNanos(100);
      case "datetimeoffset" -> OffsetDateTime.parse("2026-11-22T09:30:15+02:00");
      case "dateonly" -> LocalDate.parse("2026-11-22");
      case "timespan" -> Duration.parse("P1DT2H3M4.005S");
      case "enum" -> OrderStatus.Paid;
      case "enum-undefined" -> 2;
      case "object" -> Order.sample();
      case "anonymous" -> new Anonymous(7, "paid", "Ann");
      case "dictionary" -> dictionary();
      case "dictionary-int" -> byNumber();
      case "list" -> List.of(1, 2, 300);
      case "list-mixed" -> Arrays.asList(1, "two", null, true, 2.5);
      case "tuple" -> List.of(1, "b");
      default -> throw new HubException("No such shape: " + shape);
    };
  }

  private static Map<String, @Nullable Object> dictionary() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("Plain", 1);
    map.put("camelCase", "x");
    map.put("nil", null);
    return map;
  }

  private static Map<Integer, String> byNumber() {
    Map<Integer, String> map = new LinkedHashMap<>();
    map.put(2, "two");
    map.put(-1, "minus one");
    return map;
  }
}
