package io.sharedredis.hub.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one JSON message in one pass: the envelope is parsed, values are only delimited and kept as
 * bytes. Properties may come in any order, of one given twice the last counts, unknown ones are
 * skipped, text after the object is ignored.
 */
final class JsonMessageReader {
  private final byte[] frame;
  private final JsonMapper mapper;

  private @Nullable Integer type;
  private Map<String, String> headers = Map.of();
  private @Nullable String invocationId;
  private @Nullable String target;
  private @Nullable List<Payload> arguments;
  private List<String> streamIds = List.of();
  private @Nullable String error;
  private @Nullable Payload item;
  private @Nullable Payload result;
  private boolean allowReconnect;
  private @Nullable Long sequenceId;

  JsonMessageReader(byte[] frame, JsonMapper mapper) {
    this.frame = frame;
    this.mapper = mapper;
  }

  @Nullable HubMessage read() {
    try (JsonParser json = EnvelopeFactory.JSON.createParser(frameContext(), frame)) {
      expect(json.nextToken(), JsonToken.START_OBJECT, "Object");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        if (json.currentToken() == null) {
          throw new ProtocolException("Error reading JSON.");
        }
        property(json, json.currentName());
      }
      refuseTrailingComma(json);
    } catch (JacksonException e) {
      throw new ProtocolException("Error reading JSON.", e);
    }
    return message();
  }

  private static tools.jackson.core.ObjectReadContext frameContext() {
    return tools.jackson.core.ObjectReadContext.empty();
  }

  private void property(JsonParser json, String name) {
    switch (name) {
      case "type" -> type = type(json);
      case "headers" -> headers = headers(json);
      case "invocationId" -> invocationId = string(json, name);
      case "target" -> target = string(json, name);
      case "arguments" -> arguments = arguments(json);
      case "streamIds" -> streamIds = streamIds(json);
      case "error" -> error = string(json, name);
      case "item" -> item = value(json, json.nextToken());
      case "result" -> result = value(json, json.nextToken());
      case "allowReconnect" -> allowReconnect = bool(json, name);
      case "sequenceId" -> sequenceId = number(json, name);
      default -> {
        json.nextToken();
        json.skipChildren();
      }
    }
  }

  private @Nullable HubMessage message() {
    if (type == null) {
      throw missing("type");
    }
    return switch (type) {
      case 1 ->
          new HubMessage.Invocation(
              headers,
              invocationId == null || invocationId.isEmpty() ? null : invocationId,
              required(target, "target"),
              required(arguments, "arguments"),
              streamIds);
      case 2 -> {
        String id = required(invocationId, "invocationId");
        yield new HubMessage.StreamItem(headers, id, required(item, "item"));
      }
      case 3 -> completion(required(invocationId, "invocationId"));
      case 4 -> streamInvocation();
      case 5 -> new HubMessage.CancelInvocation(headers, required(invocationId, "invocationId"));
      case 6 -> new HubMessage.Ping();
      case 7 -> new HubMessage.Close(error, allowReconnect);
      case 8 -> new HubMessage.Ack(required(sequenceId, "sequenceId"));
      case 9 -> new HubMessage.Sequence(required(sequenceId, "sequenceId"));
      default -> null;
    };
  }

  private HubMessage streamInvocation() {
    String method = required(target, "target");
    List<Payload> values = required(arguments, "arguments");
    String id = invocationId == null || invocationId.isEmpty() ? null : invocationId;
    return new HubMessage.StreamInvocation(
        headers, required(id, "invocationId"), method, values, streamIds);
  }

  private HubMessage completion(String id) {
    if (error != null && result != null) {
      throw new ProtocolException("The 'error' and 'result' properties are mutually exclusive.");
    }
    return new HubMessage.Completion(headers, id, error, result, result != null);
  }

  private List<Payload> arguments(JsonParser json) {
    expectValue(json.nextToken(), JsonToken.START_ARRAY, "arguments", "Array");
    List<Payload> values = new ArrayList<>(4);
    int end = 0;
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      JsonPayload value = value(json, token);
      values.add(value);
      end = value.offset() + value.length();
    }
    // A fault between arguments concerns the call alone, not the connection: ASP.NET Core answers
    // with a binding failure.
    if (!values.isEmpty() && commaFollows(end)) {
      return List.of(new BrokenPayload("Error reading JSON."));
    }
    return values;
  }

  private boolean commaFollows(int from) {
    int i = from;
    while (i < frame.length && frame[i] <= ' ') {
      i++;
    }
    return i < frame.length && frame[i] == ',';
  }

  private JsonPayload value(JsonParser json, @Nullable JsonToken token) {
    if (token == null) {
      throw new ProtocolException("Error reading JSON.");
    }
    int start = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    int end = (int) json.currentLocation().getByteOffset();
    return new JsonPayload(frame, start, end - start, mapper);
  }

  private static Map<String, String> headers(JsonParser json) {
    expectValue(json.nextToken(), JsonToken.START_OBJECT, "headers", "StartObject");
    Map<String, String> read = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new ProtocolException("Expected header '" + name + "' to be of type String.");
      }
      read.put(name, json.getString());
    }
    return read;
  }

  private static List<String> streamIds(JsonParser json) {
    expectValue(json.nextToken(), JsonToken.START_ARRAY, "streamIds", "Array");
    List<String> ids = new ArrayList<>(2);
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == JsonToken.VALUE_NULL) {
        throw new ProtocolException("Null value for 'streamIds' is not valid.");
      }
      if (token != JsonToken.VALUE_STRING) {
        throw new ProtocolException("Expected 'streamIds' to be of type String.");
      }
      ids.add(json.getString());
    }
    return ids;
  }

  private static String string(JsonParser json, String name) {
    if (json.nextToken() != JsonToken.VALUE_STRING) {
      throw new ProtocolException("Expected '" + name + "' to be of type String.");
    }
    return json.getString();
  }

  private static boolean bool(JsonParser json, String name) {
    JsonToken token = json.nextToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw new ProtocolException("Expected '" + name + "' to be true or false.");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private static int type(JsonParser json) {
    Long value = number(json, "type");
    if (value == null) {
      throw new ProtocolException("Expected 'type' to be of type Number.");
    }
    if (value != (int) (long) value) {
      throw JsonFaults.number("Int32");
    }
    return (int) (long) value;
  }

  private static @Nullable Long number(JsonParser json, String name) {
    JsonToken token = json.nextToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      throw JsonFaults.number(name.equals("type") ? "Int32" : "Int64");
    }
    if (token != JsonToken.VALUE_NUMBER_INT) {
      throw new ProtocolException("Expected '" + name + "' to be of type Number.");
    }
    return json.getLongValue();
  }

  private static void expectValue(
      @Nullable JsonToken token, JsonToken wanted, String name, String type) {
    if (token != wanted) {
      throw new ProtocolException("Expected '" + name + "' to be of type " + type + ".");
    }
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted, String wantedName) {
    if (token == null) {
      throw new ProtocolException("Error reading JSON.");
    }
    if (token != wanted) {
      throw new ProtocolException(
          "Unexpected JSON Token Type '"
              + EnvelopeFactory.tokenName(token)
              + "'. Expected a JSON "
              + wantedName
              + ".");
    }
  }

  // The envelope's parser lets trailing commas pass only so that those between arguments can be
  // told apart.
  private void refuseTrailingComma(JsonParser json) {
    int i = (int) json.currentTokenLocation().getByteOffset() - 1;
    while (i > 0 && frame[i] <= ' ') {
      i--;
    }
    if (i > 0 && frame[i] == ',') {
      throw new ProtocolException("Error reading JSON.");
    }
  }

  private static <T> T required(@Nullable T value, String name) {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static ProtocolException missing(String name) {
    return new ProtocolException("Missing required property '" + name + "'.");
  }

  /** For messages about broken input; not for logs. */
  @Override
  public String toString() {
    return new String(frame, StandardCharsets.UTF_8);
  }
}
