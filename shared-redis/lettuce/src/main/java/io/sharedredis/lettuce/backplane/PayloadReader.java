package io.sharedredis.lettuce.backplane;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the few MessagePack forms of the backplane from bytes that anybody may have published:
 * lengths are believed only as far as there are bytes, so that a forged one allocates nothing.
 *
 * <p>By hand, since a general reader costs more than everything else that is done with a message.
 * All methods throw {@link MalformedMessageException} for what does not belong there.
 */
final class PayloadReader {

  private final byte[] payload;
  private int at;

  PayloadReader(byte[] payload) {
    this.payload = payload;
  }

  /** Length of an array of at least {@code least} items. */
  int array(int least, String what) {
    int code = next();
    long items =
        switch (code) {
          case 0xdc -> unsigned(2);
          case 0xdd -> unsigned(4);
          default -> {
            if (code >> 4 != 0x9) {
              throw unexpected();
            }
            yield code & 0xf;
          }
        };
    if (items < least) {
      throw new MalformedMessageException("Insufficient items in " + what + " array.");
    }
    return requireRoom(items);
  }

  /** Number of entries of a map. */
  int map() {
    int code = next();
    return requireRoom(
        switch (code) {
          case 0xde -> unsigned(2);
          case 0xdf -> unsigned(4);
          default -> {
            if (code >> 4 != 0x8) {
              throw unexpected();
            }
            yield code & 0xf;
          }
        });
  }

  /** A 32-bit integer in whatever width. */
  int int32() {
    boolean beyond = peek() == 0xcf;
    long value = int64();
    if (value != (int) value || beyond && value < 0) {
      throw new MalformedMessageException("A number is too large.");
    }
    return (int) value;
  }

  /** A 64-bit integer in whatever width, signed or not. */
  long int64() {
    int code = next();
    return switch (code) {
      case 0xcc -> unsigned(1);
      case 0xcd -> unsigned(2);
      case 0xce -> unsigned(4);
      case 0xcf, 0xd3 -> unsigned(8);
      case 0xd0 -> (byte) unsigned(1);
      case 0xd1 -> (short) unsigned(2);
      case 0xd2 -> (int) unsigned(4);
      default -> {
        if (code > 0x7f && code < 0xe0) {
          throw unexpected();
        }
        yield (byte) code;
      }
    };
  }

  /** Whether the next item is an integer. */
  boolean atInteger() {
    int code = peek();
    return code <= 0x7f || code >= 0xe0 || code >= 0xcc && code <= 0xd3;
  }

  /** Whether the next item is nil, which it takes then. */
  boolean nil() {
    if (peek() != 0xc0) {
      return false;
    }
    at++;
    return true;
  }

  /** A string, or null for nil. */
  @Nullable String stringOrNull() {
    if (nil()) {
      return null;
    }
    int code = next();
    int length =
        requireRoom(
            switch (code) {
              case 0xc4, 0xd9 -> unsigned(1);
              case 0xc5, 0xda -> unsigned(2);
              case 0xc6, 0xdb -> unsigned(4);
              default -> {
                if (code >> 5 != 0x5) {
                  throw unexpected();
                }
                yield code & 0x1f;
              }
            });
    at += length;
    return new String(payload, at - length, length, StandardCharsets.UTF_8);
  }

  /** A string; nil reads as empty, as .NET does. */
  String string() {
    String value = stringOrNull();
    return value == null ? "" : value;
  }

  /** Binary data, or null for nil. */
  byte @Nullable [] binaryOrNull() {
    if (nil()) {
      return null;
    }
    int length =
        requireRoom(
            switch (next()) {
              case 0xc4 -> unsigned(1);
              case 0xc5 -> unsigned(2);
              case 0xc6 -> unsigned(4);
              // Strings are no binary data for .NET either.
              default -> throw new MalformedMessageException("A frame is not binary data.");
            });
    at += length;
    return Arrays.copyOfRange(payload, at - length, at);
  }

  /** Nothing may follow. */
  void requireEnd() {
    if (at < payload.length) {
      throw new MalformedMessageException("Something follows the end of the payload.");
    }
  }

  /** Passes over items of any kind, whatever they hold. */
  void skip(int items) {
    for (long left = items; left > 0; left--) {
      left += skipOne();
    }
  }

  /** Passes over one item without those it holds, and says how many these are. */
  private long skipOne() {
    int code = next();
    if (code <= 0x7f || code >= 0xe0) {
      return 0;
    }
    if (code <= 0x8f) {
      return 2L * (code & 0xf);
    }
    if (code <= 0x9f) {
      return code & 0xf;
    }
    if (code <= 0xbf) {
      return skipBytes(code & 0x1f);
    }
    return switch (code) {
      case 0xc0, 0xc2, 0xc3 -> 0;
      case 0xcc, 0xd0 -> skipBytes(1);
      case 0xcd, 0xd1 -> skipBytes(2);
      case 0xca, 0xce, 0xd2 -> skipBytes(4);
      case 0xcb, 0xcf, 0xd3 -> skipBytes(8);
      case 0xc4, 0xd9 -> skipBytes(unsigned(1));
      case 0xc5, 0xda -> skipBytes(unsigned(2));
      case 0xc6, 0xdb -> skipBytes(unsigned(4));
      // Extensions have a byte for their type.
      case 0xc7 -> skipBytes(unsigned(1) + 1);
      case 0xc8 -> skipBytes(unsigned(2) + 1);
      case 0xc9 -> skipBytes(unsigned(4) + 1);
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> skipBytes((1 << (code - 0xd4)) + 1);
      case 0xdc -> requireRoom(unsigned(2));
      case 0xdd -> requireRoom(unsigned(4));
      case 0xde -> 2L * requireRoom(unsigned(2));
      case 0xdf -> 2L * requireRoom(unsigned(4));
      default -> throw unexpected();
    };
  }

  private long skipBytes(long count) {
    at += requireRoom(count);
    return 0;
  }

  private int peek() {
    if (at >= payload.length) {
      throw cutOff();
    }
    return payload[at] & 0xff;
  }

  private int next() {
    int code = peek();
    at++;
    return code;
  }

  /** As many bytes as a number; eight of them may be negative. */
  private long unsigned(int bytes) {
    if (bytes > payload.length - at) {
      throw cutOff();
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | payload[at++] & 0xff;
    }
    return value;
  }

  /** Every item takes at least one byte. */
  private int requireRoom(long length) {
    if (length > payload.length - at) {
      throw cutOff();
    }
    return (int) length;
  }

  private static MalformedMessageException cutOff() {
    return new MalformedMessageException("A length goes beyond the end of the payload.");
  }

  private static MalformedMessageException unexpected() {
    return new MalformedMessageException("The payload is not the MessagePack that belongs there.");
  }
}
