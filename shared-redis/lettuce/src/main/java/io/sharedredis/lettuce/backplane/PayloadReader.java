package io.sharedredis.lettuce.backplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads the few MessagePack forms of the backplane from bytes that anybody may have published:
 * lengths are believed only as far as there are bytes, so that a forged one allocates nothing.
 */
final class PayloadReader implements AutoCloseable {

  private final byte[] payload;
  private final MessageUnpacker in;

  PayloadReader(byte[] payload) {
    this.payload = payload;
    this.in = MessagePack.newDefaultUnpacker(payload);
  }

  /** Length of an array of at least {@code least} items. */
  int array(int least, String what) throws IOException {
    int items = in.unpackArrayHeader();
    if (items < least) {
      throw new MalformedMessageException("Insufficient items in " + what + " array.");
    }
    return requireRoom(items);
  }

  /** Number of entries of a map. */
  int map() throws IOException {
    return requireRoom(in.unpackMapHeader());
  }

  /** A 32-bit integer in whatever width. */
  int int32() throws IOException {
    return in.unpackInt();
  }

  /** A 64-bit integer in whatever width, signed or not. */
  long int64() throws IOException {
    return in.getNextFormat() == MessageFormat.UINT64
        ? in.unpackBigInteger().longValue()
        : in.unpackLong();
  }

  /** Whether the next item is an integer. */
  boolean atInteger() throws IOException {
    return in.getNextFormat().getValueType().isIntegerType();
  }

  /** Whether the next item is nil, which it takes then. */
  boolean nil() throws IOException {
    return in.tryUnpackNil();
  }

  /** A string, or null for nil. */
  @Nullable String stringOrNull() throws IOException {
    if (in.tryUnpackNil()) {
      return null;
    }
    int length = requireRoom(in.unpackRawStringHeader());
    return new String(in.readPayload(length), StandardCharsets.UTF_8);
  }

  /** A string; nil reads as empty, as .NET does. */
  String string() throws IOException {
    String value = stringOrNull();
    return value == null ? "" : value;
  }

  /** Binary data, or null for nil. */
  byte @Nullable [] binaryOrNull() throws IOException {
    if (in.tryUnpackNil()) {
      return null;
    }
    // The library would take a string for binary data; .NET does not.
    if (in.getNextFormat().getValueType() != ValueType.BINARY) {
      throw new MalformedMessageException("A frame is not binary data.");
    }
    return in.readPayload(requireRoom(in.unpackBinaryHeader()));
  }

  /** Nothing may follow. */
  void requireEnd() throws IOException {
    if (in.hasNext()) {
      throw new MalformedMessageException("Something follows the end of the payload.");
    }
  }

  void skip(int items) throws IOException {
    in.skipValue(items);
  }

  /** Every item takes at least one byte. */
  private int requireRoom(int length) {
    if (length > payload.length - in.getTotalReadBytes()) {
      throw new MalformedMessageException("A length goes beyond the end of the payload.");
    }
    return length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
