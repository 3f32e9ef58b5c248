package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every payload that two ASP.NET Core 10 servers published, read and written again. */
class RecordedFramesTest {

  private static final JsonNode FRAMES = Interop.read("signalr-backplane/frames.json");
  private static final HexFormat HEX = HexFormat.of();

  static Stream<Arguments> publishes() {
    String hub = FRAMES.path("about").path("hub").asString();
    List<Arguments> found = new ArrayList<>();
    for (JsonNode frame : Interop.list(FRAMES.path("frames"))) {
      String prefix = frame.path("channelPrefix").asString("");
      for (JsonNode command : Interop.list(frame.path("commands"))) {
        if (command.has("payloadHex")) {
          String channel = channel(command).substring(prefix.length());
          String kind = new Channels(hub).kind(channel);
          found.add(
              Arguments.of(
                  frame.path("id").asString() + " " + frame.path("label").asString(),
                  kind,
                  HEX.parseHex(command.path("payloadHex").asString()),
                  command.path("decoded")));
        }
      }
    }
    return found.stream();
  }

  private static String channel(JsonNode command) {
    return command.has("channelHex")
        ? new String(HEX.parseHex(command.path("channelHex").asString()), StandardCharsets.UTF_8)
        : command.path("channel").asString();
  }

  @Test
  void recordingHoldsEveryKindOfChannel() {
    assertThat(publishes().map(arguments -> arguments.get()[1]).distinct())
        .contains(
            "all",
            "connection",
            "group",
            "user",
            "internal:groups",
            "internal:ack",
            "internal:return");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("publishes")
  void recordedPayloadIsReadAsMeantAndWrittenWithTheSameBytes(
      String label, String kind, byte[] payload, JsonNode decoded) {
    byte[] again =
        switch (kind) {
          case "internal:groups" -> {
            GroupCommand command = BackplaneCodec.groupCommand(payload);
            assertThat(command)
                .isEqualTo(
                    new GroupCommand(
                        decoded.path("id").asInt(),
                        decoded.path("server").asString(),
                        decoded.path("action").asString().equals("add") ? 1 : 2,
                        decoded.path("group").asString(),
                        decoded.path("connection").asString()));
            yield BackplaneCodec.encode(command);
          }
          case "internal:ack" -> {
            Ack ack = BackplaneCodec.ack(payload);
            assertThat(ack.id()).isEqualTo(decoded.path("id").asInt());
            yield BackplaneCodec.encode(ack);
          }
          case "internal:return" -> {
            ClientResult result = BackplaneCodec.clientResult(payload);
            assertThat(result.protocol()).isEqualTo(decoded.path("protocol").asString());
            assertText(result.protocol(), result.framed(), decoded.path("message"));
            yield BackplaneCodec.encode(result);
          }
          default -> {
            Delivery delivery = BackplaneCodec.delivery(payload);
            assertDelivery(delivery, decoded);
            yield BackplaneCodec.encode(delivery);
          }
        };
    assertThat(HEX.formatHex(again)).isEqualTo(HEX.formatHex(payload));
  }

  private static void assertDelivery(Delivery delivery, JsonNode decoded) {
    assertThat(delivery.stamp()).isNull();
    assertThat(delivery.excluded())
        .containsExactlyElementsOf(
            Interop.list(decoded.path("excluded")).stream().map(JsonNode::asString).toList());
    assertThat(delivery.framed().keySet())
        .containsExactlyElementsOf(decoded.path("messages").propertyNames());
    delivery
        .framed()
        .forEach((name, frame) -> assertText(name, frame, decoded.path("messages").path(name)));
    if (decoded.has("invocationId")) {
      assertThat(delivery.wanted())
          .isEqualTo(
              new BackplaneMessage.ReturnAddress(
                  decoded.path("invocationId").asString(),
                  decoded.path("returnChannel").asString()));
    } else {
      assertThat(delivery.wanted()).isNull();
    }
  }

  /** JSON is compared as text; the recording shows its end mark as the symbol for 0x1E. */
  private static void assertText(String protocol, byte[] frame, JsonNode expected) {
    if (protocol.equals("json") && expected.isString()) {
      assertThat(new String(frame, StandardCharsets.UTF_8))
          .isEqualTo(expected.asString().replace('\u241e', '\u001e'));
    }
  }
}
