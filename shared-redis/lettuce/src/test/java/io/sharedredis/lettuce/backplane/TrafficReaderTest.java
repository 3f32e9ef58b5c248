package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sharedredis.lettuce.backplane.TrafficContent.Acknowledged;
import io.sharedredis.lettuce.backplane.TrafficContent.Announced;
import io.sharedredis.lettuce.backplane.TrafficContent.Answered;
import io.sharedredis.lettuce.backplane.TrafficContent.Call;
import io.sharedredis.lettuce.backplane.TrafficContent.Delivered;
import io.sharedredis.lettuce.backplane.TrafficContent.GroupChange;
import io.sharedredis.lettuce.backplane.TrafficContent.Relayed;
import io.sharedredis.lettuce.backplane.TrafficContent.Unusable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What somebody who watches a hub is told: of all that ASP.NET Core servers published, and more.
 */
class TrafficReaderTest {

  private static final JsonNode FRAMES = Interop.read("signalr-backplane/frames.json");
  private static final String HUB = FRAMES.path("about").path("hub").asString();
  private static final HexFormat HEX = HexFormat.of();

  private final TrafficReader reader = new TrafficReader(HUB);

  static Stream<Arguments> publishes() {
    List<Arguments> found = new ArrayList<>();
    for (JsonNode frame : Interop.list(FRAMES.path("frames"))) {
      String prefix = frame.path("channelPrefix").asString("");
      for (JsonNode command : Interop.list(frame.path("commands"))) {
        if (command.has("payloadHex")) {
          found.add(
              Arguments.of(
                  frame.path("id").asString() + " " + frame.path("label").asString(),
                  channel(command).substring(prefix.length()),
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("publishes")
  void recordedPayloadIsToldAsItWasMeant(
      String label, String channel, byte[] payload, JsonNode decoded) {
    TrafficContent content = reader.read(channel, payload);
    if (content instanceof Delivered delivered) {
      assertThat(channel)
          .isEqualTo(
              HUB
                  + ":"
                  + delivered.audience()
                  + (delivered.audience().equals("all") ? "" : ":" + delivered.name()));
      assertThat(delivered.excluded()).hasSize(decoded.path("excluded").size());
      assertThat(delivered.protocols())
          .containsExactlyElementsOf(decoded.path("messages").propertyNames());
      assertThat(delivered.publisher()).isNull();
      assertThat(delivered.returnChannel()).isEqualTo(decoded.path("returnChannel").asString(null));
      JsonNode json = decoded.path("messages").path("json");
      if (json.isString()) {
        JsonNode call = JsonMapper.shared().readTree(json.asString().replace("\u241e", ""));
        Call first = delivered.calls().get(0);
        assertThat(first.target()).isEqualTo(call.path("target").asString());
        assertThat(JsonMapper.shared().readTree(first.values()))
            .hasSize(call.path("arguments").size());
        assertThat(first.values()).doesNotContain("\n");
      }
    } else if (content instanceof GroupChange change) {
      assertThat(change.action()).isEqualTo(decoded.path("action").asString());
      assertThat(change.group()).isEqualTo(decoded.path("group").asString());
    } else if (content instanceof Acknowledged ack) {
      assertThat(ack.id()).isEqualTo(decoded.path("id").asInt());
      assertThat(channel).endsWith(":ack:" + ack.server());
    } else {
      assertThat(content).isInstanceOf(Answered.class);
      Answered answer = (Answered) content;
      assertThat(answer.protocol()).isEqualTo(decoded.path("protocol").asString());
      assertThat(channel).endsWith(":return:" + answer.server());
    }
  }

  /** Integers, decimals and enums of .NET have forms in MessagePack that JSON does not tell. */
  @Test
  void senderWritesTheBytesThatServersWroteForTheSameCall() {
    int whole = 0;
    for (Arguments publish : publishes().toList()) {
      byte[] payload = (byte[]) publish.get()[2];
      String json = ((JsonNode) publish.get()[3]).path("messages").path("json").asString("");
      if (json.isEmpty()
          || !(reader.read((String) publish.get()[1], payload) instanceof Delivered)) {
        continue;
      }
      BackplaneMessage.Delivery recorded = BackplaneCodec.delivery(payload);
      if (recorded.wanted() != null || !recorded.excluded().isEmpty()) {
        continue;
      }
      JsonNode call = JsonMapper.shared().readTree(json.replace("\u241e", ""));
      String arguments = json.replaceAll("^.*?\"arguments\":|}\u241e$", "");
      byte[] sent = HubSender.payload(call.path("target").asString(), " " + arguments + "\n");
      if (List.copyOf(recorded.framed().keySet()).equals(List.of("json", "messagepack"))
          && arguments.matches("\\[(\"\\w+\",?)*]")) {
        assertThat(HEX.formatHex(sent)).isEqualTo(HEX.formatHex(payload));
        whole++;
      }
    }
    assertThat(whole).isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "all, 90",
    "all, c0",
    "all, ''",
    "all, 9290c0",
    "all, 929080",
    "all, 929081a46a736f6ec4037b7d1e",
    "all, 929081a46a736f6ec4027b22",
    "all, 929081a3666f6fc40101",
    "group:g, dd7fffffff",
    "user:u, 92c6ffffffff",
    "connection:c, 01",
    "internal:groups, 94012a01a167",
    "internal:groups, 9501a1730001c0c0",
    "internal:ack:s, a161",
    "internal:return:s, 92a46a736f6ec4037b7d1e",
    "internal:return:s, 92a3666f6fc40101",
    "internal:other:s, 91",
    "elsewhere, 929080",
  })
  void whatBelongsNowhereIsToldAsSuch(String channel, String payload) {
    TrafficContent content = reader.read(HUB + ":" + channel, HEX.parseHex(payload));
    assertThat(content).isInstanceOf(Unusable.class);
    assertThat(((Unusable) content).reason()).isNotBlank();
  }

  @Test
  void nothingThatIsPublishedEndsTheWatch() {
    Random random = new Random(20261122);
    List<String> channels =
        List.of(
            HUB + ":all",
            HUB + ":group:*",
            HUB + ":internal:groups",
            HUB + ":internal:ack:s",
            HUB + ":internal:return:s",
            "shared-redis:backplane:peers:{" + HUB + "}",
            "shared-redis:app:hub:relay:{s}",
            "shared-redis:app:hub:relay:cut:{s}",
            "shared-redis:app:hub:relay:",
            "x");
    List<byte[]> recorded = publishes().map(one -> (byte[]) one.get()[2]).toList();
    for (int i = 0; i < 20_000; i++) {
      byte[] payload = recorded.get(random.nextInt(recorded.size())).clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt();
      }
      assertThat(reader.read(channels.get(i % channels.size()), payload)).isNotNull();
    }
  }

  @Test
  void replicasAreRecognised() {
    byte[] hello = Peers.announcement(1, "web-1_00", 3);
    assertThat(reader.read("shared-redis:backplane:peers:{" + HUB + "}", hello))
        .isEqualTo(new Announced("hello", "web-1_00", 3));
    byte[] ask =
        HEX.parseHex(
            "9402c410000102030405060708090a0b0c0d0e0fc0c43f"
                + "9f06a87765622d315f3030cd0102014d04010905b64141414141414141414141414141414141414141414101"
                + "a42f687562a5616c696365c40568656c6c6fc2");
    String relay = "shared-redis:shop:hub:relay:{web-2_00}";
    assertThat(reader.read(relay, ask))
        .isInstanceOfSatisfying(
            Relayed.class,
            relayed -> {
              assertThat(relayed.kind()).isEqualTo("ask");
              assertThat(relayed.what()).isEqualTo("post");
              assertThat(relayed.from()).isEqualTo("web-1_00");
              assertThat(relayed.to()).isEqualTo("web-2_00");
              assertThat(relayed.toString()).doesNotContain("alice").doesNotContain("hello");
            });
    assertThat(reader.read(relay, new byte[] {1})).isInstanceOf(Unusable.class);
  }

  @Test
  void placeInAReliableChannelIsTold() {
    byte[] payload =
        HEX.parseHex(
            "999081a46a736f6ec42e7b2274797065223a312c22746172676574223a226d222c22617267756d656e747322"
                + "3a5b2268656c6c6f225d7d1ec0c011cf0000019c13ec9e00cf0123456789abcdef2a00");
    assertThat(reader.read(HUB + ":all", payload))
        .isInstanceOfSatisfying(
            Delivered.class,
            delivered -> {
              assertThat(delivered.position()).isEqualTo("1769860800000-17");
              assertThat(delivered.publisher()).isEqualTo("123456789abcdef");
            });
  }

  @Test
  void patternMatchesTheNameAlone() {
    assertThat(HubTraffic.literally("a*b?[c]\\d")).isEqualTo("a\\*b\\?\\[c\\]\\\\d");
    assertThat(HubTraffic.literally("Shop.Hub")).isEqualTo("Shop.Hub");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "", "[1", "[1] 2", "[1],", "\"x\"", "[01]", "[NaN]", "['x']"})
  void argumentsThatAreNoArrayAreRefusedWithoutShowingThem(String arguments) {
    assertThat(catchThrowable(() -> HubSender.payload("m", String.valueOf(arguments))))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .startsWith("the arguments")
        .doesNotContain("NaN");
  }
}
