package io.sharedredis.hub.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * The protocol {@code json}: one UTF-8 JSON object a message, ended by the byte 0x1E. Properties
 * are written in ASP.NET Core's order and read in any order.
 */
public final class JsonHubProtocol implements HubProtocol {

  /** Name in the handshake and in backplane messages. */
  public static final String NAME = "json";

  private final JsonMapper mapper;

  /** With the {@linkplain PayloadMappers#json() default mapping} of values. */
  public JsonHubProtocol() {
    this(PayloadMappers.json());
  }

  /**
   * @param mapper maps arguments, items and results; it does not touch the envelope
   */
  public JsonHubProtocol(JsonMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean binary() {
    return false;
  }

  @Override
  public byte @Nullable [] nextFrame(ByteBuffer input, int maxBytes) {
    return TextFrames.next(input, maxBytes);
  }

  @Override
  public @Nullable HubMessage read(byte[] frame) {
    return new JsonMessageReader(frame, mapper).read();
  }

  @Override
  public byte[] write(HubMessage message) {
    try (ByteArrayBuilder out = new ByteArrayBuilder(256)) {
      try (JsonGenerator json = mapper.createGenerator(out)) {
        json.writeStartObject();
        writeBody(json, message);
        json.writeEndObject();
      }
      out.append(TextFrames.SEPARATOR);
      return out.toByteArray();
    } catch (JacksonException e) {
      throw new PayloadException(JsonFaults.unwritable(e), e);
    }
  }

  private void writeBody(JsonGenerator json, HubMessage message) {
    if (message instanceof HubMessage.Invocation m) {
      start(json, 1, m.headers());
      if (m.invocationId() != null && !m.invocationId().isEmpty()) {
        json.writeStringProperty("invocationId", m.invocationId());
      }
      call(json, m.target(), m.arguments(), m.streamIds());
    } else if (message instanceof HubMessage.StreamItem m) {
      start(json, 2, m.headers());
      json.writeStringProperty("invocationId", m.invocationId());
      value(json, "item", m.item());
    } else if (message instanceof HubMessage.Completion m) {
      start(json, 3, m.headers());
      json.writeStringProperty("invocationId", m.invocationId());
      if (m.error() != null && !m.error().isEmpty()) {
        json.writeStringProperty("error", m.error());
      } else if (m.hasResult()) {
        value(json, "result", m.result());
      }
    } else if (message instanceof HubMessage.StreamInvocation m) {
      start(json, 4, m.headers());
      json.writeStringProperty("invocationId", m.invocationId());
      call(json, m.target(), m.arguments(), m.streamIds());
    } else if (message instanceof HubMessage.CancelInvocation m) {
      start(json, 5, m.headers());
      json.writeStringProperty("invocationId", m.invocationId());
    } else if (message instanceof HubMessage.Ping) {
      start(json, 6, Map.of());
    } else if (message instanceof HubMessage.Close m) {
      start(json, 7, Map.of());
      if (m.error() != null) {
        json.writeStringProperty("error", m.error());
      }
      if (m.allowReconnect()) {
        json.writeBooleanProperty("allowReconnect", true);
      }
    } else if (message instanceof HubMessage.Ack m) {
      start(json, 8, Map.of());
      json.writeNumberProperty("sequenceId", m.sequenceId());
    } else if (message instanceof HubMessage.Sequence m) {
      start(json, 9, Map.of());
      json.writeNumberProperty("sequenceId", m.sequenceId());
    }
  }

  private static void start(JsonGenerator json, int type, Map<String, String> headers) {
    json.writeNumberProperty("type", type);
    if (!headers.isEmpty()) {
      json.writeObjectPropertyStart("headers");
      headers.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
  }

  private void call(
      JsonGenerator json,
      String target,
      List<? extends @Nullable Object> arguments,
      List<String> streamIds) {
    json.writeStringProperty("target", target);
    json.writeArrayPropertyStart("arguments");
    for (Object argument : arguments) {
      value(json, argument);
    }
    json.writeEndArray();
    if (!streamIds.isEmpty()) {
      json.writeArrayPropertyStart("streamIds");
      streamIds.forEach(json::writeString);
      json.writeEndArray();
    }
  }

  private void value(JsonGenerator json, String name, @Nullable Object value) {
    json.writeName(name);
    value(json, value);
  }

  private void value(JsonGenerator json, @Nullable Object value) {
    if (value instanceof JsonPayload raw) {
      json.writeRawValue(raw.text());
    } else if (value instanceof Payload other) {
      throw new IllegalArgumentException(
          "a value of protocol " + other.protocol() + " cannot be written as json");
    } else {
      mapper.writeValue(json, value);
    }
  }
}
