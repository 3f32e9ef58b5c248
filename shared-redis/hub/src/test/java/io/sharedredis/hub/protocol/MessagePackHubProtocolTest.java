package io.sharedredis.hub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.protocol.Vectors.CustomObject;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;

class MessagePackHubProtocolTest {
  private static final MessagePackHubProtocol PROTOCOL = new MessagePackHubProtocol();
  private static final MessagePackHubProtocol DOTNET =
      new MessagePackHubProtocol(
          PayloadMappers.messagePack()
              .rebuild()
              .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
              .build());
  private static final HexFormat HEX = HexFormat.of();

  static Stream<JsonNode> written() {
    return Stream.of(
            "messagepack/roundTrip/vectors",
            "messagepack/roundTripObjects/vectors",
            "messagepack/noDefaultConstructor/vectors")
        .flatMap(Vectors::at);
  }

  @ParameterizedTest
  @MethodSource("written")
  void messageIsWrittenAsTheModelWritesIt(JsonNode vector) {
    JsonNode message = vector.get("message");
    HubMessage built =
        message.has("result") && !message.has("hasResult")
            ? HubMessage.Completion.ofResult(
                message.get("invocationId").asString(),
                Vectors.value(message.get("result"), CustomObject.DEFAULT))
            : Vectors.message(message, CustomObject.DEFAULT);
    byte[] content = HEX.parseHex(vector.get("binaryHex").asString());
    assertThat(HEX.formatHex(DOTNET.write(built)))
        .isEqualTo(HEX.formatHex(VarIntFrames.frame(content)));
  }

  static Stream<JsonNode> read() {
    return Stream.concat(written(), Vectors.at("specExamples/vectors"));
  }

  @ParameterizedTest
  @MethodSource("read")
  void messageReadAndWrittenAgainKeepsItsValues(JsonNode vector) {
    byte[] content = HEX.parseHex(vector.get("binaryHex").asString());
    HubMessage read = DOTNET.read(content);
    byte[] again = DOTNET.write(read);
    assertThat(read).isNotNull();
    assertThat(DOTNET.write(DOTNET.read(frameOf(again)))).isEqualTo(again);
  }

  static Stream<JsonNode> invalid() {
    return Vectors.at("messagepack/invalidPayloads/vectors");
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void malformedMessageIsRefusedWithTheModelsText(JsonNode vector) {
    assertThatThrownBy(() -> PROTOCOL.read(HEX.parseHex(vector.get("binaryHex").asString())))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(vector.get("error").asString());
  }

  static Stream<JsonNode> sizes() {
    return Vectors.at("messagepack/messageSizes/vectors");
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void messageHasTheModelsSize(JsonNode vector) {
    assertThat(PROTOCOL.write(Vectors.message(vector.get("message"), CustomObject.DEFAULT)))
        .hasSize(vector.get("framedSize").asInt());
  }

  static Stream<JsonNode> relayed() {
    return Vectors.at("messagepack/rawResultRoundTrip/vectors");
  }

  @ParameterizedTest
  @MethodSource("relayed")
  void relayedResultKeepsItsBytes(JsonNode vector) {
    byte[] content = Base64.getDecoder().decode(vector.get("binaryBase64").asString());
    assertThat(frameOf(PROTOCOL.write(PROTOCOL.read(content)))).isEqualTo(content);
  }

  static Stream<JsonNode> framed() {
    return Vectors.at("binaryFraming/write");
  }

  @ParameterizedTest
  @MethodSource("framed")
  void framesCarryTheirLength(JsonNode vector) {
    byte[] encoded = HEX.parseHex(vector.get("encodedHex").asString());
    byte[] payload = HEX.parseHex(vector.get("payloadHex").asString());
    assertThat(VarIntFrames.frame(payload)).isEqualTo(encoded);
    assertThat(VarIntFrames.next(ByteBuffer.wrap(encoded), 100_000)).isEqualTo(payload);
  }

  static Stream<JsonNode> partial() {
    return Vectors.at("binaryFraming/partial");
  }

  @ParameterizedTest
  @MethodSource("partial")
  void incompleteFrameWaitsForMore(JsonNode vector) {
    ByteBuffer input = ByteBuffer.wrap(HEX.parseHex(vector.get("encodedHex").asString()));
    assertThat(VarIntFrames.next(input, Integer.MAX_VALUE)).isNull();
    assertThat(input.position()).isZero();
  }

  static Stream<JsonNode> tooLarge() {
    return Vectors.at("binaryFraming/tooLarge");
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void lengthOverTwoGigabytesIsRefused(JsonNode vector) {
    ByteBuffer input = ByteBuffer.wrap(HEX.parseHex(vector.get("encodedHex").asString()));
    assertThatThrownBy(() -> VarIntFrames.next(input, Integer.MAX_VALUE))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(vector.get("error").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // arrays, maps, texts and binaries that say they are huge, alone and as an argument
        "96018 0c0a17491dd7fffffff",
        "960180c0a17491dfffffffff",
        "960180c0a17491dbffffffff",
        "960180c0a17491c6ffffffff",
        "960180c0a17491c9ffffffff01",
        "ddffffffff",
        "9601dfffffffff",
        "960180dbffffffff"
      })
  void hugeDeclaredLengthIsRefusedWithoutMemory(String hex) {
    byte[] frame = HEX.parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> PROTOCOL.read(frame)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void deepNestingIsRefusedByTheCallAlone() {
    byte[] frame = new byte[20_000];
    java.util.Arrays.fill(frame, (byte) 0x91);
    byte[] head = HEX.parseHex("960180c0a174");
    System.arraycopy(head, 0, frame, 0, head.length);
    frame[frame.length - 2] = 0x01;
    frame[frame.length - 1] = (byte) 0x90;
    HubMessage.Invocation call = (HubMessage.Invocation) PROTOCOL.read(frame);
    assertThatThrownBy(() -> ((Payload) call.arguments().get(0)).read(Object.class))
        .isInstanceOf(PayloadException.class);
  }

  enum Day {
    Monday,
    Sunday
  }

  record Everything(
      String name,
      int[] numbers,
      Day day,
      double ratio,
      byte[] bytes,
      Instant when,
      Map<String, Integer> map,
      BigDecimal price,
      long big,
      String nothing) {}

  @Test
  void objectsKeepTheirValues() {
    Everything value =
        new Everything(
            "n\u00e9 \ud83d\ude42",
            new int[] {1, -1, 70_000},
            Day.Sunday,
            0.5,
            new byte[] {0, -1},
            Instant.parse("2026-11-22T10:00:00.123456789Z"),
            Map.of("a", 1),
            new BigDecimal("12.50"),
            1L << 40,
            null);
    for (MessagePackHubProtocol protocol : List.of(PROTOCOL, DOTNET)) {
      byte[] framed = protocol.write(HubMessage.Completion.ofResult("1", value));
      HubMessage.Completion read = (HubMessage.Completion) PROTOCOL.read(frameOf(framed));
      Everything back = (Everything) ((Payload) read.result()).read(Everything.class);
      assertThat(back).usingRecursiveComparison().isEqualTo(value);
    }
  }

  @Test
  void valuesAreNotConvertedSilently() {
    HubMessage.Invocation call =
        (HubMessage.Invocation)
            PROTOCOL.read(
                frameOf(PROTOCOL.write(HubMessage.Invocation.of(null, "t", List.of("5")))));
    assertThatThrownBy(() -> ((Payload) call.arguments().get(0)).read(int.class))
        .isInstanceOf(PayloadException.class);
  }

  private static byte[] frameOf(byte[] framed) {
    return VarIntFrames.next(ByteBuffer.wrap(framed), Integer.MAX_VALUE);
  }
}
