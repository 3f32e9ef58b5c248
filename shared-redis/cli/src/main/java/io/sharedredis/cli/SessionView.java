package io.sharedredis.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One session as operators see it: nothing that would let them take it over.
 *
 * @param id internal
 * @param lastUsed as written, up to a touch interval before the real one
 * @param timeout zero for never
 * @param attributes names
 * @param bytes in Redis
 * @param place where it began or was last signed in; null without the key ring
 */
record SessionView(
    String id,
    Instant created,
    Instant lastUsed,
    Duration timeout,
    List<String> attributes,
    int bytes,
    @Nullable Place place) {

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = Json.object();
    json.put("id", id);
    json.put("created", created);
    json.put("last_used", lastUsed);
    json.put("timeout_seconds", timeout.toSeconds());
    json.put("attributes", attributes);
    json.put("bytes", bytes);
    json.put("place", place == null ? null : place.json());
    return json;
  }

  /** What a replica noted; empty where it noted nothing. */
  record Place(String device, String address, String replica) {

    /** Bytes of details; what is more is none of ours. */
    private static final int MOST = 1 << 16;

    Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> json = Json.object();
      json.put("device", device);
      json.put("address", address);
      json.put("replica", replica);
      return json;
    }

    /** Reads what a session's sealed details hold, or null if it is something else. */
    static @Nullable Place of(byte[] details) {
      Map<String, @Nullable Object> texts = Json.object();
      if (details.length > MOST) {
        return null;
      }
      try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), details)) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
          return null;
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
          json.nextToken();
          texts.put(name, json.getValueAsString(""));
          json.skipChildren();
        }
      } catch (JacksonException e) {
        return null;
      }
      return new Place(text(texts, "device"), text(texts, "address"), text(texts, "replica"));
    }

    private static String text(Map<String, @Nullable Object> texts, String name) {
      return texts.get(name) instanceof String text ? text : "";
    }
  }
}
