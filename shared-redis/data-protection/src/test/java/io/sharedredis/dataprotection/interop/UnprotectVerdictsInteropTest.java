package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * verdicts-unprotect.json: what is refused is refused, with one type and a text that tells nothing.
 */
class UnprotectVerdictsInteropTest {
  private static final Pattern CUT_AND_FILLED =
      Pattern.compile(
          "first (\\d+) bytes of the genuine payload of this ring, then zero bytes up to (\\d+) in all");

  @TestFactory
  Stream<DynamicTest> bytesAreJudgedAsDotNetJudgesThem() {
    return StreamSupport.stream(
            Interop.json("verdicts-unprotect.json").get("bytes").spliterator(), false)
        .filter(verdict -> !isOfNull(verdict))
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
    Matcher rule = CUT_AND_FILLED.matcher(verdict.get("input_rule").asString());
    assertThat(rule.matches()).as("a known rule: %s", rule).isTrue();
    for (JsonNode other : Interop.json("verdicts-unprotect.json").get("bytes")) {
      boolean genuine = other.get("result").has("plaintext_base64");
      if (other.get("ring").equals(verdict.get("ring")) && genuine) {
        byte[] start =
            Arrays.copyOf(
                Interop.base64(other.get("input_base64")), Integer.parseInt(rule.group(1)));
        return Arrays.copyOf(start, Integer.parseInt(rule.group(2)));
      }
    }
    throw new IllegalStateException("no genuine payload of " + verdict.get("ring"));
  }

  /**
   * Left out: null and an empty list of purposes, which the types here rule out; .NET answers with
   * an argument exception.
   */
  private static boolean isOfNull(JsonNode verdict) {
    return verdict
        .get("result")
        .path("error")
        .path("type")
        .asString("")
        .matches("System\\.Argument(Null)?Exception");
  }

  @TestFactory
  Stream<DynamicTest> textIsJudgedAsDotNetJudgesIt() {
    JsonNode verdicts = Interop.json("verdicts-unprotect.json");
    return StreamSupport.stream(verdicts.get("text").spliterator(), false)
        .filter(verdict -> !isOfNull(verdict))
        .map(
            verdict ->
                DynamicTest.dynamicTest(
                    verdict.get("case").asString(), () -> checkText(verdicts, verdict)));
  }

  private static void checkText(JsonNode verdicts, JsonNode verdict) {
    DataProtector protector =
        Interop.protector(
            Interop.open(
                verdict.path("ring").asString(Interop.plainRing()),
                Interop.text(verdicts.get("text_application"))),
            Interop.strings(verdicts.get("text_purposes")));
    String input = Interop.text(verdict.get("input"));
    JsonNode result = verdict.get("result");
    String plaintext = Interop.text(result.get("plaintext_text"));
    if (input == null) {
      checkWithoutInput(protector, verdict);
    } else if (plaintext != null) {
      assertThat(protector.unprotect(input)).isEqualTo(plaintext);
    } else {
      assertThatThrownBy(() -> protector.unprotect(input))
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }

  /** Calls that have no input to unprotect: told apart by what .NET answered. */
  private static void checkWithoutInput(DataProtector protector, JsonNode verdict) {
    JsonNode result = verdict.get("result");
    if (result.has("protected_length")) {
      byte[] plaintext = new byte[result.get("round_trip").asInt()];
      byte[] payload = protector.protect(plaintext);
      assertThat(payload).hasSize(result.get("protected_length").asInt());
      assertThat(protector.unprotect(payload)).isEqualTo(plaintext);
    } else if (result.has("protects")) {
      DataProtector empty = protector.protector("");
      assertThat(empty.unprotect(empty.protect("x"))).isEqualTo("x");
    } else {
      assertThat(result.get("error").toString()).contains("EncoderFallbackException");
      assertThatThrownBy(() -> protector.protect("a\uD800"))
          .isExactlyInstanceOf(DataProtectionException.class);
      assertThatThrownBy(() -> protector.protector("p\uDC00"))
          .isExactlyInstanceOf(DataProtectionException.class);
    }
  }
}
