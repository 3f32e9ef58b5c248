package io.sharedredis.hub.protocol;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A JSON value inside a frame; the frame is the message's own, never a connection's buffer. */
record JsonPayload(byte[] frame, int offset, int length, JsonMapper mapper) implements Payload {

  @Override
  public @Nullable Object read(Type type) {
    if (type instanceof Class<?> c && c.isPrimitive() && isNull()) {
      throw new PayloadException(
          "The JSON value could not be converted to "
              + DotNetNames.of(c)
              + ". Path: $ | LineNumber: 0 | BytePositionInLine: "
              + length
              + ".");
    }
    try {
      return mapper.readerFor(mapper.constructType(type)).readValue(frame, offset, length);
    } catch (JacksonException e) {
      throw new PayloadException(e.getOriginalMessage(), e);
    }
  }

  @Override
  public byte[] bytes() {
    return Arrays.copyOfRange(frame, offset, offset + length);
  }

  @Override
  public String protocol() {
    return JsonHubProtocol.NAME;
  }

  private boolean isNull() {
    return length == 4 && frame[offset] == 'n';
  }

  String text() {
    return new String(frame, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "JsonPayload[" + length + " bytes]";
  }
}
