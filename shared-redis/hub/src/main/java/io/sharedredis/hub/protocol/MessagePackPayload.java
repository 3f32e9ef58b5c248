package io.sharedredis.hub.protocol;

import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePackException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A MessagePack value inside a frame, known to be whole; the frame is the message's own, never a
 * connection's buffer.
 */
record MessagePackPayload(byte[] frame, int offset, int length, JsonMapper mapper)
    implements Payload {

  @Override
  public @Nullable Object read(Type type) {
    if (type instanceof Class<?> c && c.isPrimitive() && isNull()) {
      throw new PayloadException("null is no " + c.getName());
    }
    try {
      return MessagePackValues.read(mapper, frame, offset, length, type);
    } catch (JacksonException e) {
      throw new PayloadException(e.getOriginalMessage(), e);
    } catch (IOException | MessagePackException e) {
      throw new PayloadException("malformed MessagePack value", e);
    }
  }

  private boolean isNull() {
    return length == 1 && frame[offset] == (byte) 0xc0;
  }

  @Override
  public byte[] bytes() {
    return Arrays.copyOfRange(frame, offset, offset + length);
  }

  @Override
  public String protocol() {
    return MessagePackHubProtocol.NAME;
  }

  @Override
  public String toString() {
    return "MessagePackPayload[" + length + " bytes]";
  }
}
