package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** payloads.json through the command line: what .NET protected is read, and ours is read again. */
class PayloadsInteropTest {
  @TestFactory
  Stream<DynamicTest> payloadsOfDotNetAreReadAndProtectedAgain() {
    Map<List<String>, List<JsonNode>> groups = new LinkedHashMap<>();
    for (JsonNode payload : Recorded.json("payloads.json").get("payloads")) {
      List<String> options = new ArrayList<>();
      options.add(payload.get("ring").asString());
      options.addAll(Recorded.purposes(payload.get("application"), payload.get("purposes")));
      groups.computeIfAbsent(options, unused -> new ArrayList<>()).add(payload);
    }
    return groups.entrySet().stream()
        .map(
            group ->
                DynamicTest.dynamicTest(
                    shortened(group.getKey().toString()) + " × " + group.getValue().size(),
                    () -> check(group.getKey(), group.getValue())));
  }

  private static void check(List<String> group, List<JsonNode> payloads) {
    String ring = group.get(0);
    Shell shell = Shell.at(Recorded.now(ring));
    List<String> where =
        Shell.arguments(Recorded.directory(ring), group.subList(1, group.size()), "--binary");
    String sealed = payloads.stream().map(PayloadsInteropTest::sealed).collect(joined());
    List<String> expected = payloads.stream().map(PayloadsInteropTest::plaintext).toList();
    Shell.Result opened =
        shell.run(sealed, Shell.arguments("unprotect", where, "--lines", "--ignore-revocation"));
    assertThat(opened.lines()).isEqualTo(expected);
    assertThat(opened.exit()).isZero();
    Shell.Result again =
        shell.run(
            expected.stream().collect(joined()), Shell.arguments("protect", where, "--lines"));
    assertThat(again.exit()).isZero();
    assertThat(shell.run(again.out(), Shell.arguments("unprotect", where, "--lines")).lines())
        .isEqualTo(expected);
  }

  @TestFactory
  Stream<DynamicTest> textOfDotNetIsReadAsText() {
    return Recorded.json("payloads.json")
        .get("payloads")
        .valueStream()
        .filter(payload -> payload.has("plaintext_text"))
        .map(
            payload ->
                DynamicTest.dynamicTest(
                    shortened(payload.get("ring").asString() + ": " + text(payload)),
                    () -> {
                      String ring = payload.get("ring").asString();
                      Shell.Result opened =
                          Shell.at(Recorded.now(ring))
                              .run(
                                  Recorded.text(payload.get("protected_text")),
                                  Shell.arguments(
                                      "unprotect",
                                      "--ignore-revocation",
                                      Recorded.directory(ring),
                                      Recorded.purposes(
                                          payload.get("application"), payload.get("purposes"))));
                      assertThat(opened).isEqualTo(new Shell.Result(0, text(payload) + "\n", ""));
                    }));
  }

  private static String text(JsonNode payload) {
    return Recorded.text(payload.get("plaintext_text"));
  }

  private static String sealed(JsonNode payload) {
    return Recorded.text(
        payload.has("protected_base64")
            ? payload.get("protected_base64")
            : payload.get("protected_text"));
  }

  private static String plaintext(JsonNode payload) {
    if (payload.has("plaintext_base64")) {
      return Recorded.text(payload.get("plaintext_base64"));
    }
    return Base64.getEncoder().encodeToString(bytes(payload));
  }

  private static byte[] bytes(JsonNode payload) {
    if (payload.has("plaintext_text")) {
      return text(payload).getBytes(StandardCharsets.UTF_8);
    }
    String rule = payload.get("plaintext_rule").asString();
    assertThat(rule).endsWith("bytes, byte i = (31*i + (i>>8)) mod 256");
    byte[] bytes = new byte[Integer.parseInt(rule.substring(0, rule.indexOf(' ')))];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (31 * i + (i >> 8));
    }
    return bytes;
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining("\n", "", "\n");
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
