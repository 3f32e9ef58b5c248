package io.sharedredis.hub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class HandshakeTest {
  static Stream<JsonNode> valid() {
    return Vectors.at("handshake/requestValid");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void requestIsRead(JsonNode vector) {
    assertThat(next(vector.get("text").asString()))
        .isEqualTo(new Handshake(vector.get("protocol").asString(), vector.get("version").asInt()));
  }

  static Stream<JsonNode> invalid() {
    return Vectors.at("handshake/requestInvalid");
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void malformedRequestIsRefusedWithTheModelsText(JsonNode vector) {
    assertThatThrownBy(() -> next(vector.get("text").asString()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(vector.get("error").asString());
  }

  static Stream<JsonNode> incomplete() {
    return Vectors.at("handshake/requestIncomplete");
  }

  @ParameterizedTest
  @MethodSource("incomplete")
  void incompleteRequestWaitsForMore(JsonNode vector) {
    assertThat(next(vector.get("text").asString())).isNull();
  }

  @Test
  void answerIsAnEmptyObjectOrTheError() {
    assertThat(Handshake.response(null)).containsExactly(0x7b, 0x7d, 0x1e);
    assertThat(new String(Handshake.response("no 'x' \"y\""), StandardCharsets.UTF_8))
        .isEqualTo("{\"error\":\"no 'x' \\\"y\\\"\"}\u001e");
  }

  private static Handshake next(String text) {
    return Handshake.next(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 32768);
  }
}
