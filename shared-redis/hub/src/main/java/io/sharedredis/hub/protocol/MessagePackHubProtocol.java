package io.sharedredis.hub.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The protocol {@code messagepack}: one MessagePack array a message, preceded by its length.
 * Written byte for byte as ASP.NET Core writes it, apart from the names of the application's own
 * properties, which the mapper decides.
 */
public final class MessagePackHubProtocol implements HubProtocol {

  /** Name in the handshake and in backplane messages. */
  public static final String NAME = "messagepack";

  private final JsonMapper mapper;

  /** With the {@linkplain PayloadMappers#messagePack() default mapping} of values. */
  public MessagePackHubProtocol() {
    this(PayloadMappers.messagePack());
  }

  /**
   * @param mapper maps arguments, items and results; it does not touch the envelope
   */
  public MessagePackHubProtocol(JsonMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean binary() {
    return true;
  }

  @Override
  public byte @Nullable [] nextFrame(ByteBuffer input, int maxBytes) {
    return VarIntFrames.next(input, maxBytes);
  }

  @Override
  public @Nullable HubMessage read(byte[] frame) {
    return new MessagePackReader(frame, mapper).read();
  }

  @Override
  public byte[] write(HubMessage message) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      writeBody(out, message);
      return VarIntFrames.frame(out.toByteArray());
    } catch (JacksonException e) {
      throw new PayloadException(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new PayloadException("the message could not be written", e);
    }
  }

  private void writeBody(MessageBufferPacker out, HubMessage message) throws IOException {
    if (message instanceof HubMessage.Invocation m) {
      start(out, 6, 1, m.headers());
      text(out, m.invocationId() == null || m.invocationId().isEmpty() ? null : m.invocationId());
      call(out, m.target(), m.arguments(), m.streamIds());
    } else if (message instanceof HubMessage.StreamItem m) {
      start(out, 4, 2, m.headers());
      text(out, m.invocationId());
      value(out, m.item());
    } else if (message instanceof HubMessage.Completion m) {
      completion(out, m);
    } else if (message instanceof HubMessage.StreamInvocation m) {
      start(out, 6, 4, m.headers());
      text(out, m.invocationId());
      call(out, m.target(), m.arguments(), m.streamIds());
    } else if (message instanceof HubMessage.CancelInvocation m) {
      start(out, 3, 5, m.headers());
      text(out, m.invocationId());
    } else if (message instanceof HubMessage.Ping) {
      out.packArrayHeader(1).packInt(6);
    } else if (message instanceof HubMessage.Close m) {
      out.packArrayHeader(3).packInt(7);
      text(out, m.error() == null || m.error().isEmpty() ? null : m.error());
      out.packBoolean(m.allowReconnect());
    } else if (message instanceof HubMessage.Ack m) {
      out.packArrayHeader(2).packInt(8).packLong(m.sequenceId());
    } else if (message instanceof HubMessage.Sequence m) {
      out.packArrayHeader(2).packInt(9).packLong(m.sequenceId());
    }
  }

  private void completion(MessageBufferPacker out, HubMessage.Completion m) throws IOException {
    int kind = m.error() != null ? 1 : m.hasResult() ? 3 : 2;
    start(out, kind == 2 ? 4 : 5, 3, m.headers());
    text(out, m.invocationId());
    out.packInt(kind);
    if (kind == 1) {
      text(out, m.error());
    } else if (kind == 3) {
      value(out, m.result());
    }
  }

  private static void start(
      MessageBufferPacker out, int items, int type, Map<String, String> headers)
      throws IOException {
    out.packArrayHeader(items).packInt(type).packMapHeader(headers.size());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      out.packString(header.getKey()).packString(header.getValue());
    }
  }

  private void call(
      MessageBufferPacker out,
      String target,
      List<? extends @Nullable Object> arguments,
      List<String> streamIds)
      throws IOException {
    out.packString(target).packArrayHeader(arguments.size());
    for (Object argument : arguments) {
      value(out, argument);
    }
    out.packArrayHeader(streamIds.size());
    for (String id : streamIds) {
      out.packString(id);
    }
  }

  private static void text(MessageBufferPacker out, @Nullable String value) throws IOException {
    if (value == null) {
      out.packNil();
    } else {
      out.packString(value);
    }
  }

  private void value(MessageBufferPacker out, @Nullable Object value) throws IOException {
    if (value instanceof MessagePackPayload raw) {
      out.writePayload(raw.bytes());
    } else if (value instanceof Payload other) {
      throw new IllegalArgumentException(
          "a value of protocol " + other.protocol() + " cannot be written as messagepack");
    } else {
      MessagePackValues.write(mapper, value, out);
    }
  }
}
