package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** base64url.json: what the text decoder takes. */
class Base64UrlInteropTest {
  @TestFactory
  Stream<DynamicTest> textIsDecodedAsDotNetDecodesIt() {
    return StreamSupport.stream(Interop.json("base64url.json").get("cases").spliterator(), false)
        .map(
            text ->
                DynamicTest.dynamicTest(
                    "'" + Interop.text(text.get("text")) + "'", () -> check(text)));
  }

  private static void check(JsonNode text) {
    String input = Interop.text(text.get("text"));
    if (text.has("encoded_from_hex")) {
      assertThat(PayloadText.encode(Interop.hex(text.get("encoded_from_hex")))).isEqualTo(input);
    } else if (text.get("result").has("hex")) {
      assertThat(PayloadText.decode(input)).isEqualTo(Interop.hex(text.get("result").get("hex")));
    } else {
      assertThatThrownBy(() -> PayloadText.decode(input))
          .isInstanceOf(DataProtectionException.class);
    }
  }
}
