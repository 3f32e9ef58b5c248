package io.sharedredis.lettuce.messaging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads payloads that anybody may have published: lengths are believed only as far as there are
 * bytes, and nothing may be left over.
 */
final class WireReader {

  /** Changes when a reader of today could misunderstand. */
  static final int FORMAT = 1;

  /** Of the name that a replica gives itself at each start. */
  static final int PUBLISHER_BYTES = 8;

  /** Where the publisher begins: after the array's head, the format, and the head of its bytes. */
  private static final int PUBLISHER_AT = 4;

  /** Reads one kind of payload. */
  interface Body<T> {
    T read(WireReader in) throws IOException;
  }

  private final byte[] payload;
  private final MessageUnpacker in;

  private WireReader(byte[] payload) {
    this.payload = payload;
    this.in = MessagePack.newDefaultUnpacker(payload);
  }

  /**
   * Whether the payload comes from that publisher; looks at two places alone, so that what this
   * replica hears of itself costs next to nothing.
   */
  static boolean isFrom(long publisher, byte[] payload) {
    return payload.length >= PUBLISHER_AT + PUBLISHER_BYTES
        && payload[2] == (byte) 0xc4
        && payload[3] == PUBLISHER_BYTES
        && ByteBuffer.wrap(payload).getLong(PUBLISHER_AT) == publisher;
  }

  /** Reads a whole payload. */
  static <T> T read(byte[] payload, Body<T> body) {
    WireReader reader = new WireReader(payload);
    try (MessageUnpacker in = reader.in) {
      T result = body.read(reader);
      if (in.hasNext()) {
        throw new UnreadableException("Bytes follow its end.");
      }
      return result;
    } catch (IOException | MessagePackException e) {
      throw new UnreadableException("It is not the MessagePack expected.", e);
    }
  }

  /** The head that all payloads share; returns how many items follow it. */
  int head() throws IOException {
    int items = array();
    if (items < 2) {
      throw new UnreadableException("It has too few items.");
    }
    if (in.unpackInt() != FORMAT) {
      throw new UnreadableException("It is of another format than " + FORMAT + ".");
    }
    return items - 2;
  }

  long publisher() throws IOException {
    byte[] bytes = binary();
    if (bytes.length != PUBLISHER_BYTES) {
      throw new UnreadableException("Its publisher is not eight bytes long.");
    }
    return ByteBuffer.wrap(bytes).getLong();
  }

  int array() throws IOException {
    return requireRoom(in.unpackArrayHeader());
  }

  /** An array of exactly so many items. */
  void array(int items) throws IOException {
    if (in.unpackArrayHeader() != items) {
      throw new UnreadableException("An array has not its " + items + " items.");
    }
  }

  int map() throws IOException {
    return requireRoom(in.unpackMapHeader());
  }

  int count() throws IOException {
    int value = in.unpackInt();
    if (value < 0) {
      throw new UnreadableException("A count is negative.");
    }
    return value;
  }

  long number() throws IOException {
    return in.unpackLong();
  }

  String text() throws IOException {
    if (in.getNextFormat().getValueType() != ValueType.STRING) {
      throw new UnreadableException("An item that should be text is not.");
    }
    byte[] bytes = in.readPayload(requireRoom(in.unpackRawStringHeader()));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableException("A text is not UTF-8.", e);
    }
  }

  @Nullable String textOrNull() throws IOException {
    return in.tryUnpackNil() ? null : text();
  }

  byte[] binary() throws IOException {
    if (in.getNextFormat().getValueType() != ValueType.BINARY) {
      throw new UnreadableException("An item that should be binary is not.");
    }
    return in.readPayload(requireRoom(in.unpackBinaryHeader()));
  }

  /** Every item takes at least one byte. */
  private int requireRoom(int length) {
    if (length > payload.length - in.getTotalReadBytes()) {
      throw new UnreadableException("A length goes beyond its end.");
    }
    return length;
  }
}
