package io.sharedredis.hub.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What a client may send before and after the handshake: whole messages, messages to skip, or the
 * exception that closes its connection; the same however the bytes are cut.
 */
class ProtocolFuzzTest {
  private static final int LIMIT = 4096;
  private static final HubProtocol JSON = new JsonHubProtocol();
  private static final HubProtocol MESSAGE_PACK = new MessagePackHubProtocol();

  /** What hub methods take. */
  private static final List<Type> TYPES =
      List.of(
          int.class,
          double.class,
          boolean.class,
          String.class,
          byte[].class,
          Object.class,
          Order.class,
          Integer[].class);

  record Order(int id, @Nullable String name, @Nullable Map<String, Object> more) {}

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void json(byte[] input) {
    exercise(JSON, input);
  }

  static Stream<byte[]> json() {
    return Stream.concat(vectors("json", "json"), texts("{\"type\":1.5}", "[[[[[[", "{\"type\":"));
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void messagePack(byte[] input) {
    exercise(MESSAGE_PACK, input);
  }

  static Stream<byte[]> messagePack() {
    return Stream.concat(
        vectors("messagepack", "framedHex"),
        Stream.of(
                // Huge lengths with nothing behind them: array, map, text, bytes, extension.
                "0a950180c0a141dd7fffffff",
                "06920180dfffffff",
                "079101df7fffffff",
                "079201dbffffffff",
                "0c950180c0a14191c67fffffff",
                "0c950180c0a14191c97fffffff")
            .map(HexFormat.of()::parseHex));
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void handshake(byte[] input) {
    try {
      Handshake asked = Handshake.next(ByteBuffer.wrap(input), LIMIT);
      if (asked != null) {
        assertThat(asked.protocol()).isNotNull();
      }
    } catch (ProtocolException e) {
      assertThat(e).hasMessageMatching("(?s).+");
      byte[] answer = Handshake.response(e.getMessage());
      assertThat(new JsonMessageProbe(answer).isOneRecord()).isTrue();
    }
  }

  static Stream<byte[]> handshake() {
    return texts(
        "{\"protocol\":\"json\",\"version\":1}",
        "{\"protocol\":\"messagepack\",\"version\":2,\"x\":[{}]}",
        "{\"protocol\":null}",
        "{\"version\":1.0,\"protocol\":\"j\\u0073on\"}",
        "{\"protocol\":" + "[".repeat(100),
        "[]",
        "");
  }

  /** An answer of ours is one record of JSON whatever it cites. */
  private record JsonMessageProbe(byte[] answer) {
    boolean isOneRecord() {
      int end = answer.length - 1;
      for (int i = 0; i < end; i++) {
        if (answer[i] == TextFrames.SEPARATOR) {
          return false;
        }
      }
      return answer[end] == TextFrames.SEPARATOR
          && Vectors.MAPPER.readTree(answer, 0, end).has("error");
    }
  }

  private static void exercise(HubProtocol protocol, byte[] input) {
    List<String> whole = read(protocol, ByteBuffer.wrap(input));
    if (input.length > 1) {
      // Cut where the input says: the pieces bring what the whole brings.
      int cut = (input[0] & 0xff) % input.length;
      ByteBuffer growing = ByteBuffer.wrap(input, 0, cut);
      List<String> pieces = new ArrayList<>(read(protocol, growing));
      boolean ended = !pieces.isEmpty() && pieces.get(pieces.size() - 1).startsWith("!");
      if (!ended) {
        pieces.addAll(
            read(
                protocol,
                ByteBuffer.wrap(input, growing.position(), input.length - growing.position())));
      }
      assertThat(pieces).isEqualTo(whole);
    }
  }

  private static List<String> read(HubProtocol protocol, ByteBuffer in) {
    List<String> seen = new ArrayList<>();
    try {
      for (byte[] frame = protocol.nextFrame(in, LIMIT);
          frame != null;
          frame = protocol.nextFrame(in, LIMIT)) {
        assertThat(frame.length).isLessThanOrEqualTo(LIMIT);
        HubMessage message = protocol.read(frame);
        seen.add(message == null ? "skipped" : message.getClass().getSimpleName());
        if (message != null) {
          use(protocol, message);
        }
      }
    } catch (ProtocolException e) {
      seen.add("!" + e.getMessage());
    }
    return seen;
  }

  private static void use(HubProtocol protocol, HubMessage message) {
    List<Object> values = new ArrayList<>();
    if (message instanceof HubMessage.Invocation call) {
      values.addAll(call.arguments());
    } else if (message instanceof HubMessage.StreamInvocation call) {
      values.addAll(call.arguments());
    } else if (message instanceof HubMessage.StreamItem item) {
      values.add(Objects.requireNonNull(item.item()));
    } else if (message instanceof HubMessage.Completion completion && completion.hasResult()) {
      values.add(Objects.requireNonNull(completion.result()));
    }
    for (Object value : values) {
      for (Type type : TYPES) {
        bind((Payload) value, type);
      }
    }
  }

  private static void bind(Payload payload, Type type) {
    try {
      Object bound = payload.read(type);
      if (bound == null) {
        assertThat(type instanceof Class<?> c && c.isPrimitive()).isFalse();
      }
    } catch (PayloadException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  // ---- the corpus

  /** Every text of a kind anywhere among the vectors of a protocol. */
  private static Stream<byte[]> vectors(String section, String field) {
    List<byte[]> found = new ArrayList<>();
    collect(Vectors.ROOT.path(section), field, found);
    if (found.size() < 20) {
      throw new IllegalStateException("only " + found.size() + " vectors of " + section);
    }
    return found.stream();
  }

  private static void collect(JsonNode node, String field, List<byte[]> to) {
    if (node.path(field).isString()) {
      String text = node.get(field).asString();
      to.add(
          field.endsWith("Hex")
              ? HexFormat.of().parseHex(text)
              : (text + (char) TextFrames.SEPARATOR).getBytes(StandardCharsets.UTF_8));
    }
    node.forEach(child -> collect(child, field, to));
  }

  private static Stream<byte[]> texts(String... texts) {
    return Stream.of(texts)
        .map(text -> (text + (char) TextFrames.SEPARATOR).getBytes(StandardCharsets.UTF_8));
  }
}
