package io.sharedredis.hub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sharedredis.hub.protocol.Vectors.CustomObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class JsonHubProtocolTest {
  private static final JsonHubProtocol PROTOCOL = new JsonHubProtocol();

  static Stream<JsonNode> written() {
    return Stream.concat(
        Vectors.at("json/roundTrip/vectors"), Vectors.at("json/roundTripSystemTextJson/vectors"));
  }

  @ParameterizedTest
  @MethodSource("written")
  void messageIsWrittenAsTheModelWritesIt(JsonNode vector) {
    byte[] written =
        protocolOf(vector).write(Vectors.message(vector.get("message"), CustomObject.DEFAULT));
    assertThat(new String(written, StandardCharsets.UTF_8))
        .isEqualTo(vector.get("json").asString() + "\u001e");
  }

  @ParameterizedTest
  @MethodSource("written")
  void messageReadAndWrittenAgainIsUnchanged(JsonNode vector) {
    HubMessage read = parse(vector.get("json").asString());
    assertThat(new String(PROTOCOL.write(read), StandardCharsets.UTF_8))
        .isEqualTo(vector.get("json").asString() + "\u001e");
  }

  static Stream<JsonNode> outOfOrder() {
    return Vectors.at("json/parseOutOfOrder/vectors");
  }

  @ParameterizedTest
  @MethodSource("outOfOrder")
  void propertiesMayComeInAnyOrder(JsonNode vector) {
    HubMessage expected = Vectors.message(vector.get("message"), CustomObject.DEFAULT);
    HubMessage read = parse(vector.get("json").asString());
    assertThat(tree(read)).isEqualTo(tree(expected));
  }

  static Stream<JsonNode> invalid() {
    return Stream.of(
            "json/invalidMessages/vectors",
            "json/invalidMessagesSystemTextJson/vectors",
            "json/invalidNesting/vectors")
        .flatMap(Vectors::at);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void malformedMessageIsRefusedWithTheModelsText(JsonNode vector) {
    assertThatThrownBy(() -> parse(vector.get("json").asString()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(vector.get("error").asString());
  }

  static Stream<JsonNode> sizes() {
    return Vectors.at("json/messageSizes/vectors");
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void messageHasTheModelsSize(JsonNode vector) {
    assertThat(PROTOCOL.write(Vectors.message(vector.get("message"), CustomObject.DEFAULT)))
        .hasSize(vector.get("framedSize").asInt());
  }

  static Stream<JsonNode> results() {
    return Vectors.at("json/rawResultRoundTrip/vectors");
  }

  @ParameterizedTest
  @MethodSource("results")
  void relayedResultKeepsItsValue(JsonNode vector) {
    HubMessage read = parse(vector.get("json").asString());
    JsonNode relayed = tree(read);
    assertThat(relayed).isEqualTo(Vectors.MAPPER.readTree(vector.get("json").asString()));
  }

  static Stream<JsonNode> text() {
    return Vectors.at("textFraming/vectors");
  }

  @ParameterizedTest
  @MethodSource("text")
  void framesEndAtTheRecordSeparator(JsonNode vector) {
    ByteBuffer input = bytes(vector.get("text").asString());
    for (JsonNode message : vector.get("messages")) {
      assertThat(new String(PROTOCOL.nextFrame(input, 1000), StandardCharsets.UTF_8))
          .isEqualTo(message.asString());
    }
    assertThat(PROTOCOL.nextFrame(input, 1000)).isNull();
    assertThat(StandardCharsets.UTF_8.decode(input).toString())
        .isEqualTo(vector.get("rest").asString());
  }

  @Test
  void payloadNamesAreReadIgnoringCase() {
    JsonNode vector = Vectors.at("json/caseInsensitivePayload/vectors").findFirst().orElseThrow();
    String json = vector.get("json").asString().replace("22:00:00\"", "22:00:00Z\"");
    HubMessage.StreamItem item = (HubMessage.StreamItem) parse(json);
    CustomObject read = (CustomObject) ((Payload) item.item()).read(CustomObject.class);
    assertThat(read.stringProp()).isEqualTo("test");
    assertThat(read.intProp()).isEqualTo(43);
    assertThat(read.byteArrProp()).containsExactly(2, 4, 6);
  }

  @Test
  void messageOfUnknownTypeIsSkipped() {
    assertThat(parse("{\"type\":88,\"x\":[1]}")).isNull();
  }

  @Test
  void propertyGivenTwiceCountsWithItsLastValue() {
    assertThat(parse("{\"type\":1,\"type\":6}")).isEqualTo(new HubMessage.Ping());
  }

  @Test
  void faultBetweenArgumentsFailsOnlyTheCall() {
    HubMessage.Invocation call =
        (HubMessage.Invocation)
            parse("{\"type\":1,\"invocationId\":\"1\",\"target\":\"t\",\"arguments\":[\"a\", ]}");
    Payload argument = (Payload) call.arguments().get(0);
    assertThatThrownBy(() -> argument.read(String.class)).isInstanceOf(PayloadException.class);
  }

  @Test
  void trailingCommaInTheEnvelopeIsRefused() {
    assertThatThrownBy(() -> parse("{\"type\":6,}")).isInstanceOf(ProtocolException.class);
  }

  @Test
  void commentIsRefused() {
    assertThatThrownBy(() -> parse("{/* */\"type\":6}")).isInstanceOf(ProtocolException.class);
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThatThrownBy(() -> parse("{\"type\":1,\"target\":\"t\",\"arguments\":[" + deep + "]}"))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void valuesAreNotConvertedSilently() {
    assertThatThrownBy(() -> argument("\"5\"").read(int.class))
        .isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> argument("1.0").read(int.class)).isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> argument("null").read(int.class)).isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> argument("2147483648").read(int.class))
        .isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> argument("5").read(String.class)).isInstanceOf(PayloadException.class);
    assertThat(argument("  5 ").read(int.class)).isEqualTo(5);
    assertThat(argument("null").read(String.class)).isNull();
    assertThat(argument("\"é\\u001e🙂\"").read(String.class)).isEqualTo("é\u001e🙂");
  }

  @Test
  void recordSeparatorInsideTextIsEscaped() {
    byte[] written = PROTOCOL.write(HubMessage.Invocation.of(null, "t", List.of("a\u001eb")));
    assertThat(new String(written, StandardCharsets.UTF_8))
        .isEqualTo("{\"type\":1,\"target\":\"t\",\"arguments\":[\"a\\u001Eb\"]}\u001e");
  }

  @Test
  void messageOfExactlyTheLimitPassesAndOneMoreByteDoesNot() {
    assertThat(PROTOCOL.nextFrame(bytes("{\"type\":6}\u001e"), 11)).hasSize(10);
    assertThatThrownBy(() -> PROTOCOL.nextFrame(bytes("{\"type\":6} \u001e"), 11))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("The maximum message size of 11B was exceeded.");
    assertThatThrownBy(() -> PROTOCOL.nextFrame(bytes("{\"type\":6} "), 11))
        .isInstanceOf(ProtocolException.class);
    assertThat(PROTOCOL.nextFrame(bytes("{\"type\":6}"), 11)).isNull();
  }

  private static Payload argument(String json) {
    HubMessage.Invocation call =
        (HubMessage.Invocation) parse("{\"type\":1,\"target\":\"t\",\"arguments\":[" + json + "]}");
    return (Payload) call.arguments().get(0);
  }

  private static JsonNode tree(HubMessage message) {
    byte[] written = PROTOCOL.write(message);
    return Vectors.MAPPER.readTree(
        new String(written, 0, written.length - 1, StandardCharsets.UTF_8));
  }

  private static HubMessage parse(String json) {
    return PROTOCOL.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonHubProtocol protocolOf(JsonNode vector) {
    JsonMapper.Builder mapper = PayloadMappers.json().rebuild();
    if (!vector.path("options").path("camelCase").asBoolean(true)) {
      mapper.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);
    }
    if (vector.path("options").path("omitDefaultOrNull").asBoolean(false)) {
      mapper.changeDefaultPropertyInclusion(
          i -> i.withValueInclusion(JsonInclude.Include.NON_NULL));
    }
    return new JsonHubProtocol(mapper.build());
  }
}
