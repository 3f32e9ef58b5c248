package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** payloads.json: what .NET protected is read, and what we protect under the same key as well. */
class PayloadsInteropTest {
  @TestFactory
  Stream<DynamicTest> payloadOfDotNetIsRead() {
    JsonNode payloads = Interop.json("payloads.json").get("payloads");
    return IntStream.range(0, payloads.size())
        .mapToObj(
            i -> {
              JsonNode payload = payloads.get(i);
              return DynamicTest.dynamicTest(
                  i + " " + payload.get("ring").asString(), () -> check(payload));
            });
  }

  private static void check(JsonNode payload) {
    String application = Interop.text(payload.get("application"));
    DataProtector protector =
        Interop.protector(
            Interop.open(payload.get("ring").asString(), application),
            Interop.strings(payload.get("purposes")));
    byte[] sealed = Interop.base64(payload.get("protected_base64"));
    if (sealed == null) {
      String text = Interop.text(payload.get("plaintext_text"));
      String protectedText = Interop.text(payload.get("protected_text"));
      if (isRevoked(payload)) {
        assertThat(
                protector
                    .unprotectIgnoringRevocation(PayloadText.decode(protectedText))
                    .plaintext())
            .isEqualTo(Interop.utf8(text));
      } else {
        assertThat(protector.unprotect(protectedText)).isEqualTo(text);
        assertThat(protector.unprotect(protector.protect(text))).isEqualTo(text);
      }
      return;
    }
    byte[] plaintext = plaintext(payload);
    byte[] opened =
        isRevoked(payload)
            ? protector.unprotectIgnoringRevocation(sealed).plaintext()
            : protector.unprotect(sealed);
    assertThat(Arrays.equals(opened, plaintext)).isTrue();
    assertThat(protector.unprotect(protector.protect(plaintext))).isEqualTo(plaintext);
  }

  private static byte[] plaintext(JsonNode payload) {
    byte[] plaintext = Interop.base64(payload.get("plaintext_base64"));
    if (plaintext != null) {
      return plaintext;
    }
    String rule = payload.get("plaintext_rule").asString();
    assertThat(rule).endsWith("bytes, byte i = (31*i + (i>>8)) mod 256");
    byte[] bytes = new byte[Integer.parseInt(rule.substring(0, rule.indexOf(' ')))];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (31 * i + (i >> 8));
    }
    return bytes;
  }

  private static boolean isRevoked(JsonNode payload) {
    for (JsonNode key : Interop.ring(payload.get("ring").asString()).get("keys")) {
      if (key.get("id").asString().equals(payload.get("key_id").asString())) {
        return key.path("revoked").asBoolean(false);
      }
    }
    throw new IllegalArgumentException("the ring does not list key " + payload.get("key_id"));
  }
}
