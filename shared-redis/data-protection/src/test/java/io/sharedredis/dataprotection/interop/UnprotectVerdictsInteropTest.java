package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * verdicts-unprotect.json: what is refused is refused, with one type and a text that tells nothing.
 */
class UnprotectVerdictsInteropTest {
  /** Cases left out, with the reason. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "null", "null is ruled out by the types here",
          "CreateProtector(null)", "null is ruled out by the types here",
          "Protect((byte[])null)", "null is ruled out by the types here",
          "Protect((string)null)", "null is ruled out by the types here",
          "CreateProtector(empty list of purposes)", "the first purpose is an argument of its own",
          "Protect of a text with an unpaired high surrogate", "below, as it has no input",
          "CreateProtector with an unpaired surrogate in the purpose, then Protect",
              "below, as it has no input",
          "CreateProtector(\"\")", "below, as it has no input",
          "10,000,000 byte plaintext", "below, as it has no input");

  @TestFactory
  Stream<DynamicTest> bytesAreJudgedAsDotNetJudgesThem() {
    return StreamSupport.stream(
            Interop.json("verdicts-unprotect.json").get("bytes").spliterator(), false)
        .filter(verdict -> !LEFT_OUT.containsKey(verdict.get("case").asString()))
        .map(
            verdict ->
                DynamicTest.dynamicTest(
                    verdict.get("ring").asString() + ": " + verdict.get("case").asString(),
                    () -> checkBytes(verdict)));
  }

  private static void checkBytes(JsonNode verdict) {
    DataProtector protector =
        Interop.protector(
            Interop.open(verdict.get("ring").asString(), Interop.text(verdict.get("application"))),
            Interop.strings(verdict.get("purposes")));
    byte[] input = input(verdict);
    byte[] plaintext = Interop.base64(verdict.get("result").get("plaintext_base64"));
    if (plaintext != null) {
      assertThat(protector.unprotect(input)).isEqualTo(plaintext);
      return;
    }
    String message = verdict.get("result").get("error").get("message").asString();
    assertThatThrownBy(() -> protector.unprotect(input))
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessageContaining(ours(message));
  }

  /** Our text for each of theirs: all that concerns the sealed part is the same text. */
  private static String ours(String theirs) {
    if (theirs.contains("was not found in the key ring")) {
      return "is not in the key ring";
    }
    if (theirs.contains("not protected with this protection provider")) {
      return "not protected by this ring";
    }
    if (theirs.contains("newer version")) {
      return "newer version";
    }
    return theirs.contains("has been revoked") ? "is revoked" : "the payload is invalid";
  }

  private static byte[] input(JsonNode verdict) {
    byte[] input = Interop.base64(verdict.get("input_base64"));
    if (input != null) {
      return input;
    }
    assertThat(verdict.get("input_rule").asString())
        .isEqualTo(
            "first 36 bytes of the genuine payload of this ring, then zero bytes up to 1048576 in"
                + " all");
    for (JsonNode other : Interop.json("verdicts-unprotect.json").get("bytes")) {
      if (other.get("ring").equals(verdict.get("ring"))
          && other.get("case").asString().equals("genuine")) {
        return Arrays.copyOf(Arrays.copyOf(Interop.base64(other.get("input_base64")), 36), 1 << 20);
      }
    }
    throw new IllegalStateException("no genuine payload of " + verdict.get("ring"));
  }

  @TestFactory
  Stream<DynamicTest> textIsJudgedAsDotNetJudgesIt() {
    JsonNode verdicts = Interop.json("verdicts-unprotect.json");
    return StreamSupport.stream(verdicts.get("text").spliterator(), false)
        .filter(verdict -> !LEFT_OUT.containsKey(verdict.get("case").asString()))
        .map(
            verdict ->
                DynamicTest.dynamicTest(
                    verdict.get("case").asString(), () -> checkText(verdicts, verdict)));
  }

  private static void checkText(JsonNode verdicts, JsonNode verdict) {
    DataProtector protector =
        Interop.protector(
            Interop.open(
                verdict.path("ring").asString("default"),
                Interop.text(verdicts.get("text_application"))),
            Interop.strings(verdicts.get("text_purposes")));
    String input = Interop.text(verdict.get("input"));
    String plaintext = Interop.text(verdict.get("result").get("plaintext_text"));
    if (plaintext != null) {
      assertThat(protector.unprotect(input)).isEqualTo(plaintext);
    } else {
      assertThatThrownBy(() -> protector.unprotect(input))
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  @Test
  void unpairedSurrogateIsAnErrorNotAReplacement() {
    DataProtection ring = Interop.open("default", "MyApp");
    assertThatThrownBy(() -> ring.protector("p").protect("a\uD800"))
        .isInstanceOf(DataProtectionException.class);
    assertThatThrownBy(() -> ring.protector("p\uDC00")).isInstanceOf(DataProtectionException.class);
  }

  @Test
  void emptyPurposeIsAPurpose() {
    DataProtection ring = Interop.open("default", "MyApp");
    assertThat(ring.protector("").unprotect(ring.protector("").protect("x"))).isEqualTo("x");
  }

  @Test
  void tenMegabytesAreProtectedAtTheLengthOfDotNet() {
    DataProtector protector = Interop.open("default", "MyApp").protector("p");
    byte[] payload = protector.protect(new byte[10_000_000]);
    assertThat(payload).hasSize(10_000_100);
    assertThat(protector.unprotect(payload)).hasSize(10_000_000);
  }
}
