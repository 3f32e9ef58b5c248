package io.sharedredis.hub.protocol;

import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Application values between Java and MessagePack, by way of Jackson's tokens: the mapping is the
 * mapper's, the encoding is ours. Integers are as short as they can be, byte arrays are binary,
 * points in time are timestamps.
 */
final class MessagePackValues {

  /** Code of the timestamp extension. */
  private static final byte TIMESTAMP = -1;

  static final MessagePack.UnpackerConfig UNPACKER =
      new MessagePack.UnpackerConfig()
          .withAllowReadingBinaryAsString(false)
          .withAllowReadingStringAsBinary(false);

  private MessagePackValues() {}

  static void write(JsonMapper mapper, @Nullable Object value, MessageBufferPacker out)
      throws IOException {
    if (value == null) {
      out.packNil();
      return;
    }
    if (value instanceof String text) {
      out.packString(text);
      return;
    }
    try (TokenBuffer tokens = mapper.writeValueIntoBuffer(value);
        JsonParser from = tokens.asParser()) {
      from.nextToken();
      copy(from, out);
    }
  }

  private static void copy(JsonParser from, MessageBufferPacker out) throws IOException {
    switch (from.currentToken()) {
      case START_OBJECT -> copyObject(from, out);
      case START_ARRAY -> copyArray(from, out);
      case VALUE_STRING -> out.packString(from.getString());
      case VALUE_TRUE -> out.packBoolean(true);
      case VALUE_FALSE -> out.packBoolean(false);
      case VALUE_NUMBER_INT -> {
        if (from.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          copyBig(from.getBigIntegerValue(), out);
        } else {
          out.packLong(from.getLongValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> copyFloat(from, out);
      case VALUE_EMBEDDED_OBJECT -> copyEmbedded(from.getEmbeddedObject(), out);
      default -> out.packNil();
    }
  }

  // MessagePack wants the number of items first; they are counted in a buffer of their own.
  private static void copyObject(JsonParser from, MessageBufferPacker out) throws IOException {
    try (MessageBufferPacker items = MessagePack.newDefaultBufferPacker()) {
      int count = 0;
      while (from.nextToken() != JsonToken.END_OBJECT) {
        items.packString(from.currentName());
        from.nextToken();
        copy(from, items);
        count++;
      }
      out.packMapHeader(count).writePayload(items.toByteArray());
    }
  }

  private static void copyArray(JsonParser from, MessageBufferPacker out) throws IOException {
    try (MessageBufferPacker items = MessagePack.newDefaultBufferPacker()) {
      int count = 0;
      while (from.nextToken() != JsonToken.END_ARRAY) {
        copy(from, items);
        count++;
      }
      out.packArrayHeader(count).writePayload(items.toByteArray());
    }
  }

  // As .NET's decimal, a number too large for MessagePack's integers goes as text.
  private static void copyBig(BigInteger value, MessageBufferPacker out) throws IOException {
    if (value.bitLength() <= 63 || value.signum() > 0 && value.bitLength() <= 64) {
      out.packBigInteger(value);
    } else {
      out.packString(value.toString());
    }
  }

  private static void copyFloat(JsonParser from, MessageBufferPacker out) throws IOException {
    switch (from.getNumberType()) {
      case FLOAT -> out.packFloat(from.getFloatValue());
      case BIG_DECIMAL -> out.packString(from.getDecimalValue().toPlainString());
      default -> out.packDouble(from.getDoubleValue());
    }
  }

  private static void copyEmbedded(@Nullable Object value, MessageBufferPacker out)
      throws IOException {
    if (value == null) {
      out.packNil();
    } else if (value instanceof byte[] bytes) {
      out.packBinaryHeader(bytes.length).writePayload(bytes);
    } else if (value instanceof Instant instant) {
      out.packTimestamp(instant);
    } else if (value instanceof BigDecimal decimal) {
      out.packString(decimal.toPlainString());
    } else {
      throw new PayloadException(
          "a value of " + value.getClass().getName() + " has no form in MessagePack",
          new IllegalArgumentException(value.getClass().getName()));
    }
  }

  static @Nullable Object read(JsonMapper mapper, byte[] bytes, int offset, int length, Type type)
      throws IOException {
    try (MessageUnpacker in = UNPACKER.newUnpacker(bytes, offset, length);
        TokenBuffer tokens = TokenBuffer.forGeneration()) {
      copy(in, tokens, 0);
      return mapper.readerFor(mapper.constructType(type)).readValue(tokens);
    }
  }

  private static void copy(MessageUnpacker in, TokenBuffer to, int depth) throws IOException {
    if (depth > EnvelopeFactory.MAX_DEPTH) {
      throw new IOException("nested deeper than " + EnvelopeFactory.MAX_DEPTH);
    }
    switch (in.getNextFormat().getValueType()) {
      case NIL -> {
        in.unpackNil();
        to.writeNull();
      }
      case BOOLEAN -> to.writeBoolean(in.unpackBoolean());
      case INTEGER -> copyInteger(in, to);
      case FLOAT -> to.writeNumber(in.unpackDouble());
      case STRING -> to.writeString(in.unpackString());
      case BINARY -> {
        byte[] binary = in.readPayload(in.unpackBinaryHeader());
        to.writeBinary(Base64Variants.getDefaultVariant(), binary, 0, binary.length);
      }
      case ARRAY -> {
        int count = in.unpackArrayHeader();
        to.writeStartArray();
        for (int i = 0; i < count; i++) {
          copy(in, to, depth + 1);
        }
        to.writeEndArray();
      }
      case MAP -> {
        int count = in.unpackMapHeader();
        to.writeStartObject();
        for (int i = 0; i < count; i++) {
          to.writeName(key(in));
          copy(in, to, depth + 1);
        }
        to.writeEndObject();
      }
      case EXTENSION -> copyExtension(in, to);
    }
  }

  private static String key(MessageUnpacker in) throws IOException {
    return switch (in.getNextFormat().getValueType()) {
      case STRING -> in.unpackString();
      case INTEGER -> in.unpackBigInteger().toString();
      default -> throw new IOException("keys of maps must be texts or integers");
    };
  }

  private static void copyInteger(MessageUnpacker in, TokenBuffer to) throws IOException {
    BigInteger value = in.unpackBigInteger();
    if (value.bitLength() < 32) {
      to.writeNumber(value.intValue());
    } else if (value.bitLength() < 64) {
      to.writeNumber(value.longValue());
    } else {
      to.writeNumber(value);
    }
  }

  private static void copyExtension(MessageUnpacker in, TokenBuffer to) throws IOException {
    ExtensionTypeHeader header = in.unpackExtensionTypeHeader();
    if (header.getType() != TIMESTAMP) {
      throw new IOException("extension type " + header.getType() + " is not known");
    }
    to.writeString(in.unpackTimestamp(header).toString());
  }
}
