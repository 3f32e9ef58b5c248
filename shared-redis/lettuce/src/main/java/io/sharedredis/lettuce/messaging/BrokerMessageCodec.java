package io.sharedredis.lettuce.messaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * Messages as MessagePack: {@code [format, publisher, destination, session, content type, headers,
 * payload]}, exactly these items.
 */
final class BrokerMessageCodec {

  private static final int ITEMS_AFTER_HEAD = 5;

  /** Names and values of headers in one message: far more than any client sends. */
  static final int MOST_HEADERS = 256;

  private BrokerMessageCodec() {}

  static byte[] encode(long publisher, BrokerMessage message) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      head(out, 2 + ITEMS_AFTER_HEAD, publisher);
      out.packString(message.destination());
      writeText(out, message.session());
      writeText(out, message.contentType());
      out.packMapHeader(message.headers().size());
      for (Map.Entry<String, List<String>> header : message.headers().entrySet()) {
        out.packString(header.getKey()).packArrayHeader(header.getValue().size());
        for (String value : header.getValue()) {
          out.packString(value);
        }
      }
      out.packBinaryHeader(message.payload().length).addPayload(message.payload());
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  static void head(MessageBufferPacker out, int items, long publisher) throws IOException {
    out.packArrayHeader(items).packInt(WireReader.FORMAT);
    out.packBinaryHeader(WireReader.PUBLISHER_BYTES);
    out.writePayload(ByteBuffer.allocate(WireReader.PUBLISHER_BYTES).putLong(publisher).array());
  }

  private static void writeText(MessageBufferPacker out, @Nullable String text) throws IOException {
    if (text == null) {
      out.packNil();
    } else {
      out.packString(text);
    }
  }

  /** Reads a message; {@link UnreadableException} says what is wrong with it. */
  static BrokerMessage decode(byte[] payload) {
    return WireReader.read(
        payload,
        in -> {
          if (in.head() != ITEMS_AFTER_HEAD) {
            throw new UnreadableException("It has not the items of a message.");
          }
          long unused = in.publisher();
          return new BrokerMessage(
              in.text(), in.textOrNull(), in.textOrNull(), headers(in), in.binary());
        });
  }

  private static Map<String, List<String>> headers(WireReader in) throws IOException {
    int room = MOST_HEADERS;
    int names = in.map();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int i = 0; i < names; i++) {
      String name = in.text();
      int count = in.array();
      room -= Math.max(1, count);
      if (count == 0 || room < 0) {
        throw new UnreadableException("A header has no value, or there are too many headers.");
      }
      List<String> values = new ArrayList<>(count);
      for (int j = 0; j < count; j++) {
        values.add(in.text());
      }
      headers.put(name, List.copyOf(values));
    }
    return headers;
  }
}
