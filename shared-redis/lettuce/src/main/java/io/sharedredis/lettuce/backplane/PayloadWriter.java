package io.sharedredis.lettuce.backplane;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the few MessagePack forms of the backplane, each in its shortest form, as .NET does. By
 * hand, since a general writer costs more than everything else that is done with a message. One
 * thread.
 */
final class PayloadWriter {

  /** Longest head of an item. */
  private static final int HEAD = 9;

  private byte[] bytes;
  private int length;

  /**
   * @param size expected bytes; more are taken too
   */
  PayloadWriter(int size) {
    this.bytes = new byte[size];
  }

  PayloadWriter array(int items) {
    return items < 16 ? head(0x90 | items) : head(0xdc, 0xdd, items);
  }

  PayloadWriter map(int entries) {
    return entries < 16 ? head(0x80 | entries) : head(0xde, 0xdf, entries);
  }

  PayloadWriter nil() {
    return head(0xc0);
  }

  PayloadWriter integer(long value) {
    if (value < -32) {
      if (value >= Byte.MIN_VALUE) {
        return head(0xd0).number(value, 1);
      }
      if (value >= Short.MIN_VALUE) {
        return head(0xd1).number(value, 2);
      }
      return value >= Integer.MIN_VALUE ? head(0xd2).number(value, 4) : head(0xd3).number(value, 8);
    }
    if (value < 128) {
      return head((int) value & 0xff);
    }
    if (value < 1 << 8) {
      return head(0xcc).number(value, 1);
    }
    if (value < 1 << 16) {
      return head(0xcd).number(value, 2);
    }
    return value < 1L << 32 ? head(0xce).number(value, 4) : head(0xcf).number(value, 8);
  }

  PayloadWriter string(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    if (text.length < 32) {
      head(0xa0 | text.length);
    } else if (text.length < 1 << 8) {
      head(0xd9).number(text.length, 1);
    } else {
      head(0xda, 0xdb, text.length);
    }
    return raw(text);
  }

  PayloadWriter binary(byte[] value) {
    if (value.length < 1 << 8) {
      head(0xc4).number(value.length, 1);
    } else {
      head(0xc5, 0xc6, value.length);
    }
    return raw(value);
  }

  /** What was written. */
  byte[] toBytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private PayloadWriter head(int code) {
    room(HEAD);
    bytes[length++] = (byte) code;
    return this;
  }

  private PayloadWriter head(int code16, int code32, int count) {
    return count < 1 << 16 ? head(code16).number(count, 2) : head(code32).number(count, 4);
  }

  /** Follows a head, which has made room for it. */
  private PayloadWriter number(long value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >> shift);
    }
    return this;
  }

  private PayloadWriter raw(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  private void room(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
