package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BackplaneCodecTest {

  private static final JsonNode VECTORS = Interop.read("signalr-vectors.json").path("redis");
  private static final HexFormat HEX = HexFormat.of();

  static Stream<JsonNode> acks() {
    return VECTORS.path("ack").valueStream();
  }

  static Stream<JsonNode> groupCommands() {
    return VECTORS.path("groupCommand").valueStream();
  }

  static Stream<JsonNode> invocations() {
    return VECTORS.path("invocation").valueStream();
  }

  static Stream<JsonNode> completions() {
    return VECTORS.path("completion").valueStream();
  }

  @ParameterizedTest
  @MethodSource("acks")
  void ackIsThatOfTheVector(JsonNode vector) {
    Ack ack = new Ack(vector.path("ackId").asInt());
    assertThat(HEX.formatHex(BackplaneCodec.encode(ack))).isEqualTo(vector.path("hex").asString());
    assertThat(BackplaneCodec.ack(bytes(vector))).isEqualTo(ack);
  }

  @ParameterizedTest
  @MethodSource("groupCommands")
  void groupCommandIsThatOfTheVector(JsonNode vector) {
    GroupCommand command =
        new GroupCommand(
            vector.path("id").asInt(),
            vector.path("serverName").asString(),
            vector.path("action").asInt(),
            vector.path("groupName").asString(),
            vector.path("connectionId").asString());
    assertThat(HEX.formatHex(BackplaneCodec.encode(command)))
        .isEqualTo(vector.path("hex").asString());
    assertThat(BackplaneCodec.groupCommand(bytes(vector))).isEqualTo(command);
  }

  @ParameterizedTest
  @MethodSource("invocations")
  void invocationIsThatOfTheVector(JsonNode vector) {
    Map<String, byte[]> frames = new LinkedHashMap<>();
    vector
        .path("protocols")
        .forEachEntry(
            (name, blob) -> frames.put(name, HEX.parseHex(blob.path("$bytesHex").asString())));
    List<String> excluded =
        vector.path("excludedConnectionIds").valueStream().map(JsonNode::asString).toList();

    byte[] written = BackplaneCodec.encode(new Delivery(excluded, frames, null, null));

    assertThat(HEX.formatHex(written)).isEqualTo(vector.path("hex").asString());
    assertThat(BackplaneCodec.delivery(written).excluded()).isEqualTo(excluded);
  }

  @ParameterizedTest
  @MethodSource("completions")
  void completionIsThatOfTheVector(JsonNode vector) {
    ClientResult result =
        new ClientResult(
            vector.path("protocolName").asString(),
            HEX.parseHex(vector.path("completionHex").asString()));
    assertThat(HEX.formatHex(BackplaneCodec.encode(result)))
        .isEqualTo(vector.path("hex").asString());
    assertThat(BackplaneCodec.clientResult(bytes(vector)).framed()).isEqualTo(result.framed());
  }

  @Test
  void stampStandsBehindTheItemsThatDotNetReads() {
    Delivery sent =
        new Delivery(List.of(), Map.of("json", new byte[] {1}), null, new Stamp(-7, 1L << 40, 5));
    byte[] written = BackplaneCodec.encode(sent);
    assertThat(HEX.formatHex(written))
        .isEqualTo(
            "99" + "90" + "81a46a736f6ec40101" + "c0c0" + "c0c0" + "f9cf0000010000000000" + "05");
    assertThat(BackplaneCodec.delivery(written).stamp()).isEqualTo(sent.stamp());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9290a0", // an empty string where the map belongs
        "",
        "6869",
        "c1",
        "90",
        "9190",
        "80",
        "9290",
        "929081a46a736f6ec42e7b", // cut off
        "ddffffffff",
        "92ddffffffff",
        "92a16180",
        "929090",
        "92910180", // an integer as connection id
        "9490800506",
        "929081a46a736f6ed9024869", // a string where the frame belongs
        "929081a46a736f6ec6ffffffff"
      })
  void malformedInvocationIsRefusedWithoutAllocatingWhatItClaims(String hex) {
    byte[] payload = HEX.parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> BackplaneCodec.delivery(payload))
        .isInstanceOf(MalformedMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9290" + "81a46a736f6ec40101",
        "9390" + "81a46a736f6ec40101" + "c0",
        "9490" + "81a46a736f6ec40101" + "c0c0",
        "9490" + "81a46a736f6ec40101" + "a0a0",
        "9490" + "81a46a736f6ec40101" + "a0c0",
        "9690" + "81a46a736f6ec40101" + "c0c0" + "07a765706f63682d31",
        "9990" + "81a46a736f6ec40101" + "c0c0" + "07a765706f63682d31" + "a178c0c0",
        "9990" + "81a46a736f6ec40101" + "c0c0" + "07a765706f63682d31" + "0102c0",
        "92c0" + "81a46a736f6ec40101",
        "9291c0" + "81a46a736f6ec40101",
        "9290" + "81a46a736f6ec40101" + "ffff"
      })
  void surplusItemsAndNilsAreTolerated(String hex) {
    Delivery delivery = BackplaneCodec.delivery(HEX.parseHex(hex));
    assertThat(delivery.framed()).containsKey("json");
    assertThat(delivery.wanted()).isNull();
    assertThat(delivery.stamp()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"94010101a147", "95ca00000000a15301a147a143", "9501a153cd012ca147a143"})
  void malformedGroupCommandIsRefused(String hex) {
    assertThatThrownBy(() -> BackplaneCodec.groupCommand(HEX.parseHex(hex)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void anyIntegerWidthIsReadInAnAckButNoFraction() {
    assertThat(BackplaneCodec.ack(HEX.parseHex("91d3000000000000002a")).id()).isEqualTo(42);
    assertThat(BackplaneCodec.ack(HEX.parseHex("922a07")).id()).isEqualTo(42);
    assertThatThrownBy(() -> BackplaneCodec.ack(HEX.parseHex("91cb4045000000000000")))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void noiseNeverEndsInAnythingButARefusal() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      try {
        BackplaneCodec.delivery(noise);
        BackplaneCodec.groupCommand(noise);
        BackplaneCodec.ack(noise);
        BackplaneCodec.clientResult(noise);
      } catch (MalformedMessageException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", bytes " + HEX.formatHex(noise), e);
      }
    }
  }

  private static byte[] bytes(JsonNode vector) {
    return HEX.parseHex(vector.path("hex").asString());
  }
}
