package io.sharedredis.lettuce.handover;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

/**
 * Values of a connection's items that can be taken along: plain ones, each written as a kind and a
 * value, so that it comes out as the same Java type. No class is ever loaded by name.
 */
final class ItemValues {
  private static final int BOOLEAN = 1;
  private static final int INTEGER = 2;
  private static final int LONG = 3;
  private static final int DOUBLE = 4;
  private static final int STRING = 5;
  private static final int BYTES = 6;
  private static final int INSTANT = 7;
  private static final int UUID_ = 8;
  private static final int LIST = 9;
  private static final int MAP = 10;

  private ItemValues() {}

  /** Whether {@link #write} takes it. */
  static boolean plain(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().allMatch(ItemValues::plain);
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .allMatch(entry -> plain(entry.getKey()) && plain(entry.getValue()));
    }
    return value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Double
        || value instanceof String
        || value instanceof byte[]
        || value instanceof Instant
        || value instanceof UUID;
  }

  static void write(MessagePacker out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.packInt(BOOLEAN).packBoolean(flag);
    } else if (value instanceof Integer number) {
      out.packInt(INTEGER).packInt(number);
    } else if (value instanceof Long number) {
      out.packInt(LONG).packLong(number);
    } else if (value instanceof Double number) {
      out.packInt(DOUBLE).packDouble(number);
    } else if (value instanceof String text) {
      out.packInt(STRING).packString(text);
    } else if (value instanceof byte[] bytes) {
      out.packInt(BYTES).packBinaryHeader(bytes.length).writePayload(bytes);
    } else if (value instanceof Instant instant) {
      out.packInt(INSTANT).packLong(instant.getEpochSecond()).packInt(instant.getNano());
    } else if (value instanceof UUID uuid) {
      out.packInt(UUID_).packLong(uuid.getMostSignificantBits());
      out.packLong(uuid.getLeastSignificantBits());
    } else if (value instanceof List<?> list) {
      out.packInt(LIST).packArrayHeader(list.size());
      for (Object one : list) {
        write(out, one);
      }
    } else if (value instanceof Map<?, ?> map) {
      out.packInt(MAP).packArrayHeader(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        write(out, entry.getKey());
        write(out, entry.getValue());
      }
    } else {
      throw new IllegalArgumentException(
          "a connection's item of type "
              + (value == null ? "null" : value.getClass().getName())
              + " cannot be taken along to another replica");
    }
  }

  static Object read(MessageUnpacker in) throws IOException {
    int kind = in.unpackInt();
    return switch (kind) {
      case BOOLEAN -> in.unpackBoolean();
      case INTEGER -> in.unpackInt();
      case LONG -> in.unpackLong();
      case DOUBLE -> in.unpackDouble();
      case STRING -> in.unpackString();
      case BYTES -> in.readPayload(in.unpackBinaryHeader());
      case INSTANT -> Instant.ofEpochSecond(in.unpackLong(), in.unpackInt());
      case UUID_ -> new UUID(in.unpackLong(), in.unpackLong());
      case LIST -> list(in);
      case MAP -> map(in);
      default -> throw new IllegalArgumentException("unknown kind of item " + kind);
    };
  }

  private static List<Object> list(MessageUnpacker in) throws IOException {
    List<Object> list = new ArrayList<>();
    for (int left = in.unpackArrayHeader(); left > 0; left--) {
      list.add(read(in));
    }
    return list;
  }

  private static Map<Object, Object> map(MessageUnpacker in) throws IOException {
    Map<Object, Object> map = new HashMap<>();
    for (int left = in.unpackArrayHeader(); left > 0; left--) {
      map.put(read(in), read(in));
    }
    return map;
  }
}
