package io.sharedredis.hub.protocol;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one MessagePack message. Values are walked over, which proves them whole, and kept as
 * bytes; declared lengths cost nothing until their bytes are there. Surplus items are ignored.
 */
final class MessagePackReader {
  private final byte[] frame;
  private final JsonMapper mapper;
  private final MessageUnpacker in;

  MessagePackReader(byte[] frame, JsonMapper mapper) {
    this.frame = frame;
    this.mapper = mapper;
    this.in = MessagePackValues.UNPACKER.newUnpacker(frame);
  }

  /** One step of reading. */
  @FunctionalInterface
  private interface Step<T> {
    T read() throws IOException;
  }

  private static <T> T reading(String name, String type, Step<T> step) {
    try {
      return step.read();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("Reading '" + name + "' as " + type + " failed.", e);
    }
  }

  @Nullable HubMessage read() {
    int items = elements();
    return switch (integer("messageType")) {
      case 1 -> invocation(items);
      case 2 -> {
        Map<String, String> headers = headers();
        yield new HubMessage.StreamItem(headers, id("StreamItem"), value("item"));
      }
      case 3 -> completion();
      case 4 -> streamInvocation(items);
      case 5 -> {
        Map<String, String> headers = headers();
        yield new HubMessage.CancelInvocation(headers, id("CancelInvocation"));
      }
      case 6 -> new HubMessage.Ping();
      case 7 -> {
        String error = text("error");
        boolean allowReconnect =
            items > 2 && reading("allowReconnect", "Boolean", in::unpackBoolean);
        yield new HubMessage.Close(error, allowReconnect);
      }
      case 8 -> new HubMessage.Ack(reading("sequenceId", "Int64", in::unpackLong));
      case 9 -> new HubMessage.Sequence(reading("sequenceId", "Int64", in::unpackLong));
      default -> null;
    };
  }

  private HubMessage invocation(int items) {
    Map<String, String> headers = headers();
    String id = text("invocationId");
    String target = target("Invocation");
    List<Payload> arguments = arguments();
    return new HubMessage.Invocation(
        headers,
        id == null || id.isEmpty() ? null : id,
        target,
        arguments,
        streamIds(items, arguments));
  }

  private HubMessage streamInvocation(int items) {
    Map<String, String> headers = headers();
    String id = id("StreamInvocation");
    String target = target("StreamInvocation");
    List<Payload> arguments = arguments();
    return new HubMessage.StreamInvocation(
        headers, id, target, arguments, streamIds(items, arguments));
  }

  private HubMessage completion() {
    Map<String, String> headers = headers();
    String id = id("Completion");
    return switch (integer("resultKind")) {
      case 1 -> new HubMessage.Completion(headers, id, text("error"), null, false);
      case 2 -> new HubMessage.Completion(headers, id, null, null, false);
      case 3 -> new HubMessage.Completion(headers, id, null, value("result"), true);
      default -> throw new ProtocolException("Invalid invocation result kind.");
    };
  }

  private Map<String, String> headers() {
    int count;
    try {
      count = in.unpackMapHeader();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("Reading map length for 'headers' failed.", e);
    }
    Map<String, String> headers = count == 0 ? Map.of() : new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = text("headers[" + i + "].Key");
      if (name == null || name.isEmpty()) {
        throw new ProtocolException("Null or empty key in header.");
      }
      String value = text("headers[" + i + "].Value");
      if (value == null || value.isEmpty()) {
        throw new ProtocolException("Null or empty value in header.");
      }
      headers.put(name, value);
    }
    return headers;
  }

  // Faults in the arguments concern the call alone; what follows them cannot be found any more and
  // is not looked for.
  private List<Payload> arguments() {
    int count;
    try {
      count = in.unpackArrayHeader();
    } catch (IOException | MessagePackException e) {
      return List.of(new BrokenPayload("Reading array length for 'arguments' failed."));
    }
    List<Payload> arguments = new ArrayList<>(Math.min(count, 8));
    for (int i = 0; i < count; i++) {
      arguments.add(value("arguments"));
    }
    return arguments;
  }

  private List<String> streamIds(int items, List<Payload> arguments) {
    if (items <= 5 || arguments.size() == 1 && arguments.get(0) instanceof BrokenPayload) {
      return List.of();
    }
    int count = length("streamIds");
    List<String> ids = new ArrayList<>(Math.min(count, 8));
    for (int i = 0; i < count; i++) {
      String id = text("streamIds");
      if (id == null || id.isEmpty()) {
        throw new ProtocolException("Null or empty value in streamIds.");
      }
      ids.add(id);
    }
    return ids;
  }

  private Payload value(String name) {
    int start = (int) in.getTotalReadBytes();
    reading(
        name,
        "value",
        () -> {
          in.skipValue();
          return name;
        });
    return new MessagePackPayload(frame, start, (int) in.getTotalReadBytes() - start, mapper);
  }

  private String id(String message) {
    String id = text("invocationId");
    if (id == null || id.isEmpty()) {
      throw new ProtocolException("Null or empty invocation ID for " + message + " message.");
    }
    return id;
  }

  private String target(String message) {
    String target = text("target");
    if (target == null || target.isEmpty()) {
      throw new ProtocolException("Null or empty target for " + message + " message.");
    }
    return target;
  }

  private @Nullable String text(String name) {
    try {
      return in.tryUnpackNil() ? null : in.unpackString();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("Reading '" + name + "' as String failed.", e);
    }
  }

  private int integer(String name) {
    return reading(name, "Int32", in::unpackInt);
  }

  private int elements() {
    MessageFormat first = frame.length == 0 ? null : MessageFormat.valueOf(frame[0]);
    if (first != null
        && first != MessageFormat.FIXARRAY
        && first != MessageFormat.ARRAY16
        && first != MessageFormat.ARRAY32) {
      throw new ProtocolException(
          "MessagePackSerializationException",
          "Unexpected msgpack code "
              + (frame[0] & 0xff)
              + " ("
              + DotNetNames.of(first)
              + ") encountered.");
    }
    return length("elementCount");
  }

  private int length(String name) {
    try {
      return in.unpackArrayHeader();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("Reading array length for '" + name + "' failed.", e);
    }
  }
}
