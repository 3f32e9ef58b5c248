package io.sharedredis.hub.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The official test data of the SignalR protocols, see {@code signalr-vectors.json}. */
final class Vectors {
  static final JsonMapper MAPPER = JsonMapper.builder().build();
  static final JsonNode ROOT = load();

  private Vectors() {}

  private static JsonNode load() {
    try (InputStream in = Vectors.class.getResourceAsStream("/signalr-vectors.json")) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The entries at a path such as {@code json/roundTrip/vectors}; there must be some. */
  static Stream<JsonNode> at(String path) {
    JsonNode node = ROOT;
    for (String step : path.split("/")) {
      node = node.path(step);
    }
    if (node.isEmpty()) {
      throw new IllegalArgumentException("no vectors at " + path);
    }
    return StreamSupport.stream(node.spliterator(), false);
  }

  static HubMessage message(JsonNode m, CustomObject custom) {
    Map<String, String> headers = new LinkedHashMap<>();
    JsonNode given = m.path("headers");
    if (given.isString()) {
      given = ROOT.path("about").path("testHeaders");
    }
    given.properties().forEach(e -> headers.put(e.getKey(), e.getValue().asString()));
    String id = m.path("invocationId").isString() ? m.get("invocationId").asString() : null;
    String error = m.path("error").isString() ? m.get("error").asString() : null;
    return switch (m.get("type").asInt()) {
      case 1 ->
          new HubMessage.Invocation(
              headers, id, m.get("target").asString(), values(m, custom), ids(m));
      case 2 -> new HubMessage.StreamItem(headers, id, value(m.path("item"), custom));
      case 3 ->
          new HubMessage.Completion(
              headers,
              id,
              error,
              value(m.path("result"), custom),
              m.path("hasResult").asBoolean(false));
      case 4 ->
          new HubMessage.StreamInvocation(
              headers, id, m.get("target").asString(), values(m, custom), ids(m));
      case 5 -> new HubMessage.CancelInvocation(headers, id);
      case 6 -> new HubMessage.Ping();
      case 7 -> new HubMessage.Close(error, m.path("allowReconnect").asBoolean(false));
      case 8 -> new HubMessage.Ack(m.get("sequenceId").asLong());
      case 9 -> new HubMessage.Sequence(m.get("sequenceId").asLong());
      default -> throw new IllegalArgumentException(m.toString());
    };
  }

  private static List<String> ids(JsonNode m) {
    List<String> ids = new ArrayList<>();
    m.path("streamIds").forEach(id -> ids.add(id.asString()));
    return ids;
  }

  private static List<Object> values(JsonNode m, CustomObject custom) {
    List<Object> values = new ArrayList<>();
    m.get("arguments").forEach(a -> values.add(value(a, custom)));
    return values;
  }

  static Object value(JsonNode node, CustomObject custom) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (node.has("$customObject")) {
      return custom;
    }
    if (node.has("$float32")) {
      return (float) node.get("$float32").asDouble();
    }
    if (node.has("$enum")) {
      return TestEnum.valueOf(node.get("$enum").asString());
    }
    if (node.has("$dateTimeOffset")) {
      return java.time.OffsetDateTime.parse(node.get("$dateTimeOffset").asString());
    }
    if (node.isArray()) {
      List<Object> items = new ArrayList<>();
      node.forEach(item -> items.add(value(item, custom)));
      return items;
    }
    return MAPPER.treeToValue(node, Object.class);
  }

  enum TestEnum {
    Zero,
    One
  }

  /** The object of the vectors, with its declared order. */
  record CustomObject(
      String stringProp,
      double doubleProp,
      int intProp,
      java.time.Instant dateTimeProp,
      Object nullProp,
      byte[] byteArrProp) {
    static final CustomObject DEFAULT =
        new CustomObject(
            "SignalR!",
            6.2831853071,
            42,
            java.time.Instant.parse("2017-04-11T00:00:00Z"),
            null,
            new byte[] {1, 2, 3});
  }
}
