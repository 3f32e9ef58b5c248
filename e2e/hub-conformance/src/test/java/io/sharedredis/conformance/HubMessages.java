package io.sharedredis.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a connection has received, as single hub messages: how many share a WebSocket message, an
 * event or a body is timing. JSON messages are texts without their separator; those of MessagePack
 * are hexadecimal, with {@code 0x} before.
 */
final class HubMessages {
  private static final char SEPARATOR = '\u001e';
  private static final String ASKED = "0x960180a2";
  private static final Pattern OF_DOT_NET =
      Pattern.compile(
          "((?:JsonReaderException|JsonException|FormatException|MessagePackSerializationException"
              + "|Unable to resolve service for type|Error trying to deserialize result to [^.]*)"
              + "[:. ]).*?(?=\"[,}\\]]|$)");
  private static final Pattern TIMES = Pattern.compile("<(\\d+) x>");
  private static final String PING = "{\"type\":6}";
  private static final String BINARY_PING = "0x9106";

  private final ArrayDeque<String> messages = new ArrayDeque<>();
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private boolean binary;

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int size() {
    return messages.size();
  }

  String next() {
    return messages.remove();
  }

  /** Takes bytes; pings are left out, they come by the clock. */
  void add(byte[] bytes, boolean pings) {
    rest.writeBytes(bytes);
    byte[] all = rest.toByteArray();
    rest.reset();
    int at = 0;
    while (at < all.length) {
      int end = binary ? binaryEnd(all, at) : textEnd(all, at);
      if (end < 0) {
        break;
      }
      String message =
          binary
              ? "0x" + HexFormat.of().formatHex(all, bodyStart(all, at), end)
              : new String(all, at, end - 1 - at, StandardCharsets.UTF_8);
      if (pings || !message.equals(PING) && !message.equals(BINARY_PING)) {
        messages.add(message);
      }
      at = end;
    }
    rest.write(all, at, all.length - at);
  }

  /** From now on messages are MessagePack. */
  void binary() {
    binary = true;
  }

  private static int textEnd(byte[] all, int at) {
    for (int i = at; i < all.length; i++) {
      if (all[i] == SEPARATOR) {
        return i + 1;
      }
    }
    return -1;
  }

  private static int bodyStart(byte[] all, int at) {
    int i = at;
    while (i < all.length && (all[i] & 0x80) != 0) {
      i++;
    }
    return i + 1;
  }

  private static int binaryEnd(byte[] all, int at) {
    int start = bodyStart(all, at);
    int length = 0;
    for (int i = start - 1; i >= at; i--) {
      length = length << 7 | all[i] & 0x7F;
    }
    return start + length <= all.length ? start + length : -1;
  }

  /** The single messages of a recorded step. */
  static List<String> recorded(@Nullable String text, @Nullable String hex) {
    List<String> single = new ArrayList<>();
    if (hex == null) {
      String rest = Objects.requireNonNull(text);
      for (String message : rest.split(String.valueOf(SEPARATOR))) {
        single.add(message);
      }
      return single;
    }
    HubMessages parsed = new HubMessages();
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (!hex.equals("7b7d1e")) {
      parsed.binary();
    }
    parsed.add(bytes, true);
    single.addAll(parsed.messages);
    return single;
  }

  /** Holds a message against a recorded one: the same text, else the same meaning. */
  static void compare(String recorded, String actual, Names names) {
    if (names.matches(recorded, actual)) {
      return;
    }
    String wanted = names.fill(recorded);
    if (learnsId(wanted, actual, names)) {
      return;
    }
    Matcher times = TIMES.matcher(wanted);
    wanted = times.replaceAll(found -> "x".repeat(Integer.parseInt(found.group(1))));
    if (!meaning(actual).equals(meaning(wanted))) {
      assertThat(own(readable(actual))).isEqualTo(own(readable(wanted)));
    }
  }

  /** An invocation that asks the client: its id is counted, so it is another each time. */
  private static boolean learnsId(String recorded, String actual, Names names) {
    if (!recorded.startsWith(ASKED)) {
      return false;
    }
    int length = Integer.parseInt(actual.substring(ASKED.length() - 2, ASKED.length()), 16) & 0x1F;
    int end = ASKED.length() + 2 * length;
    names.put("s1", actual.substring(ASKED.length() - 2, end));
    return actual.startsWith(ASKED.substring(0, ASKED.length() - 2))
        && recorded.substring(ASKED.length() + 4).equals(actual.substring(end));
  }

  /** A recorded answer to such a question, with the id it has now. */
  static byte[] withIds(byte[] recorded, Names names) {
    String id = names.get("s1");
    String hex = HexFormat.of().formatHex(recorded);
    if (id == null || !hex.contains("a27331")) {
      return recorded;
    }
    byte[] changed = HexFormat.of().parseHex(hex.replace("a27331", id));
    changed[0] = (byte) (changed.length - 1);
    return changed;
  }

  // What .NET's readers, writers and services say is not copied in full.
  private static String own(String message) {
    return OF_DOT_NET.matcher(message).replaceAll("$1…");
  }

  private static Object meaning(String message) {
    try {
      return message.startsWith("0x") ? unpacked(message) : JsonMapper.shared().readTree(message);
    } catch (JacksonException | IOException e) {
      return message;
    }
  }

  private static String readable(String message) {
    try {
      return message.startsWith("0x") ? unpacked(message).toString() : message;
    } catch (IOException e) {
      return message;
    }
  }

  private static Object unpacked(String hex) throws IOException {
    try (MessageUnpacker in =
        MessagePack.newDefaultUnpacker(HexFormat.of().parseHex(hex.substring(2)))) {
      return in.unpackValue();
    }
  }
}
