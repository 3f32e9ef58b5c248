package io.sharedredis.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ArrayValue;
import org.msgpack.value.MapValue;
import org.msgpack.value.Value;
import tools.jackson.databind.JsonNode;

/**
 * Where the app answers otherwise than the recorded server, and why; told by what was said, since a
 * set kept aside has other names.
 */
final class Otherwise {
  private static final Pattern TYPE = Pattern.compile("\"type\":(-?\\d+)");
  private static final Pattern STREAMS = Pattern.compile("\"streamIds\":\\[\"([^\"]+)\"");
  private static final int LAST_TYPE = 9;

  private static final Map<String, Predicate<Otherwise>> REASONS = new LinkedHashMap<>();

  static {
    REASONS.put(
        "a defect of the model: a message of unknown type is skipped, the connection goes on",
        said -> said.unknownType() && said.events("nothing for"));
    REASONS.put(
        "a defect of the model: an item for a full stream whose call ends is dropped",
        said -> said.recorded("ChannelClosedException"));
    REASONS.put(
        "a defect of the model: the second call with a stream id is refused, the first goes on",
        Otherwise::streamIdInUse);
    REASONS.put(
        "a defect of the model: after a second stream with its id the first can be cancelled",
        said -> said.received("is already in use.") && said.sent("\"type\":5"));
    REASONS.put(
        "a defect of the model: the order of an item's properties does not matter",
        said -> said.received("KeyNotFoundException: No stream with id"));
    REASONS.put(
        "a defect of the model: another socket takes over at once and stays",
        said -> said.notes("answered after about") && said.sent("Upgrade: websocket"));
    REASONS.put("enums are read by name and by number", Otherwise::otherEnum);
    REASONS.put("names are read in any case in both protocols", Otherwise::camelCaseInMessagePack);
    REASONS.put(
        "on purpose: SIGTERM gives clients a Close message that lets them reconnect",
        said -> said.recorded("SIGTERM sent"));
  }

  private final List<JsonNode> steps = new ArrayList<>();

  private Otherwise(JsonNode recorded) {
    recorded.get("steps").forEach(steps::add);
  }

  /** Why a case is not replayed; null when it is. */
  static @Nullable String reason(JsonNode recorded) {
    Otherwise said = new Otherwise(recorded);
    for (Map.Entry<String, Predicate<Otherwise>> reason : REASONS.entrySet()) {
      if (reason.getValue().test(said)) {
        return reason.getKey();
      }
    }
    return null;
  }

  /** Over the Jakarta API Tomcat sends a client's close code back, where the model sends 1000. */
  static boolean echoesCode(JsonNode recorded) {
    for (JsonNode step : recorded.get("steps")) {
      int code = step.path("code").asInt(0);
      if (step.path("frame").asString("").equals("close")
          && step.has("send")
          && code > 1000
          && code < 5000) {
        return true;
      }
    }
    return false;
  }

  private boolean unknownType() {
    for (JsonNode step : steps) {
      Matcher type = TYPE.matcher(step.path("send").asString(""));
      if (type.find() && !known(Long.parseLong(type.group(1)))) {
        return true;
      }
      ArrayValue message = messagePack(step);
      if (message != null
          && message.size() > 0
          && message.get(0).isIntegerValue()
          && !known(message.get(0).asIntegerValue().toLong())) {
        return true;
      }
    }
    return false;
  }

  private static boolean known(long type) {
    return type >= 1 && type <= LAST_TYPE;
  }

  private boolean streamIdInUse() {
    List<String> open = new ArrayList<>();
    for (JsonNode step : steps) {
      String send = step.path("send").asString("");
      Matcher streams = STREAMS.matcher(send);
      if (send.contains("\"type\":3")) {
        open.removeIf(id -> send.contains("\"invocationId\":\"" + id + "\""));
      } else if (streams.find()) {
        if (open.contains(streams.group(1))) {
          return true;
        }
        open.add(streams.group(1));
      }
    }
    return false;
  }

  private boolean otherEnum() {
    boolean refused = recorded("Failed to invoke 'EchoObject'");
    for (JsonNode step : steps) {
      MapValue object = argument(step);
      if (object != null
          && object.map().entrySet().stream()
              .anyMatch(
                  entry ->
                      entry.getKey().toString().equalsIgnoreCase("day")
                          && entry.getValue().isIntegerValue())) {
        return true;
      }
    }
    return refused && sent("\"day\":\"");
  }

  private boolean camelCaseInMessagePack() {
    for (JsonNode step : steps) {
      MapValue object = argument(step);
      if (object != null
          && object.keySet().stream()
              .anyMatch(key -> Character.isLowerCase(key.toString().charAt(0)))) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable MapValue argument(JsonNode step) {
    ArrayValue message = messagePack(step);
    if (message == null || message.size() < 5 || !message.get(4).isArrayValue()) {
      return null;
    }
    ArrayValue arguments = message.get(4).asArrayValue();
    return arguments.size() == 1
            && arguments.get(0).isMapValue()
            && message.get(3).toString().equals("EchoObject")
        ? arguments.get(0).asMapValue()
        : null;
  }

  private static @Nullable ArrayValue messagePack(JsonNode step) {
    String hex = step.path("sendHex").asString("");
    if (hex.isEmpty()) {
      return null;
    }
    byte[] frame = HexFormat.of().parseHex(hex);
    int start = 1;
    while (start < frame.length && frame[start - 1] < 0) {
      start++;
    }
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(frame, start, frame.length - start)) {
      Value value = in.unpackValue();
      return value.isArrayValue() ? value.asArrayValue() : null;
    } catch (IOException | MessagePackException e) {
      return null;
    }
  }

  private boolean sent(String text) {
    return any("send", text);
  }

  private boolean received(String text) {
    return any("recv", text);
  }

  private boolean notes(String text) {
    return any("note", text);
  }

  private boolean events(String text) {
    return any("event", text);
  }

  private boolean any(String field, String text) {
    return steps.stream().anyMatch(step -> step.path(field).asString("").contains(text));
  }

  private boolean recorded(String text) {
    return steps.stream().anyMatch(step -> step.toString().contains(text));
  }
}
