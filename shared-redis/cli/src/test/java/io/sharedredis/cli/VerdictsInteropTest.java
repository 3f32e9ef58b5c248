package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What .NET refuses the command line refuses, line by line: verdicts-unprotect.json,
 * time-limited.json and key-states.json.
 */
class VerdictsInteropTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> bytesAreJudgedAsDotNetJudgesThem() {
    Map<List<String>, List<JsonNode>> groups = new LinkedHashMap<>();
    for (JsonNode verdict : Recorded.json("verdicts-unprotect.json").get("bytes")) {
      // Null cannot stand on standard input.
      if (!verdict.get("case").asString().equals("null")) {
        List<String> options = new ArrayList<>(List.of(verdict.get("ring").asString()));
        options.addAll(Recorded.purposes(verdict.get("application"), verdict.get("purposes")));
        groups.computeIfAbsent(options, unused -> new ArrayList<>()).add(verdict);
      }
    }
    return groups.entrySet().stream()
        .map(
            group ->
                DynamicTest.dynamicTest(
                    group.getKey() + " × " + group.getValue().size(),
                    () -> checkBytes(group.getKey(), group.getValue())));
  }

  private static void checkBytes(List<String> group, List<JsonNode> verdicts) {
    String ring = group.get(0);
    String input =
        verdicts.stream()
            .map(verdict -> Base64.getEncoder().encodeToString(bytes(verdict)))
            .collect(Collectors.joining("\n", "", "\n"));
    Shell.Result result =
        Shell.at(Recorded.now(ring))
            .run(
                input,
                Shell.arguments(
                    "unprotect",
                    Recorded.directory(ring),
                    group.subList(1, group.size()),
                    "--binary",
                    "--lines"));
    checkLines(
        result,
        verdicts.stream()
            .map(verdict -> Recorded.text(verdict.get("result").get("plaintext_base64")))
            .toList());
  }

  private static byte[] bytes(JsonNode verdict) {
    String input = Recorded.text(verdict.get("input_base64"));
    if (input != null) {
      return Base64.getDecoder().decode(input);
    }
    assertThat(verdict.get("input_rule").asString()).startsWith("first 36 bytes of the genuine");
    for (JsonNode other : Recorded.json("verdicts-unprotect.json").get("bytes")) {
      if (other.get("ring").equals(verdict.get("ring"))
          && other.get("case").asString().equals("genuine")) {
        byte[] genuine = Base64.getDecoder().decode(Recorded.text(other.get("input_base64")));
        return Arrays.copyOf(Arrays.copyOf(genuine, 36), 1 << 20);
      }
    }
    throw new IllegalStateException("no genuine payload of " + verdict.get("ring"));
  }

  /** Null and odd arguments of the API are no input. */
  private static boolean hasInput(JsonNode verdict) {
    return Recorded.text(verdict.get("input")) != null;
  }

  @TestFactory
  Stream<DynamicTest> textIsJudgedAsDotNetJudgesIt() {
    JsonNode verdicts = Recorded.json("verdicts-unprotect.json");
    return verdicts
        .get("text")
        .valueStream()
        .filter(VerdictsInteropTest::hasInput)
        .map(
            verdict ->
                DynamicTest.dynamicTest(
                    verdict.get("case").asString(), () -> checkText(verdicts, verdict)));
  }

  private static void checkText(JsonNode verdicts, JsonNode verdict) {
    String ring = verdict.path("ring").asString(Recorded.plainRing());
    Shell.Result result =
        Shell.at(Recorded.now(ring))
            .run(
                Recorded.text(verdict.get("input")) + "\n",
                Shell.arguments(
                    "unprotect",
                    Recorded.directory(ring),
                    Recorded.purposes(
                        verdicts.get("text_application"), verdicts.get("text_purposes"))));
    String plaintext = Recorded.text(verdict.get("result").get("plaintext_text"));
    assertThat(result.out()).isEqualTo(plaintext == null ? "" : plaintext + "\n");
    assertThat(result.exit()).isEqualTo(plaintext == null ? 1 : 0);
    assertThat(result.err().startsWith("error: ")).isEqualTo(plaintext == null);
  }

  @TestFactory
  Stream<DynamicTest> expiringPayloadIsReadUntilItEnds() {
    JsonNode recorded = Recorded.json("time-limited.json");
    JsonNode edge = recorded.get("instant_of_expiry");
    JsonNode forged = recorded.get("forged_inner_plaintexts");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode one : recorded.get("payloads")) {
      if (one.has("unprotect")) {
        tests.add(limited(one.get("case").asString(), one, one, one.get("unprotect"), null));
      }
    }
    for (JsonNode at : edge.get("results")) {
      tests.add(
          limited(
              at.get("now_minus_expiration_ticks").asString() + " ticks",
              edge,
              edge,
              at.get("result"),
              OffsetDateTime.parse(at.get("now").asString()).toInstant()));
    }
    for (JsonNode one : forged.get("cases")) {
      tests.add(limited(one.get("case").asString(), forged, one, one.get("result"), null));
    }
    return tests.stream();
  }

  private static DynamicTest limited(
      String name, JsonNode where, JsonNode payload, JsonNode expected, Instant now) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          String ring = where.get("ring").asString();
          Shell.Result result =
              Shell.at(now == null ? Recorded.now(ring) : now)
                  .run(
                      Recorded.text(payload.get("protected_base64")),
                      Shell.arguments(
                          "unprotect",
                          Recorded.directory(ring),
                          Recorded.purposes(where.get("application"), payload.get("purposes")),
                          "--binary",
                          "--lines",
                          "--json",
                          "--time-limited"));
          JsonNode line = result.json();
          assertThat(Recorded.text(line.get("plaintext_base64")))
              .isEqualTo(Recorded.text(expected.get("plaintext_base64")));
          assertThat(line.has("error")).isEqualTo(expected.has("error"));
          if (!expected.has("error")) {
            Instant end =
                OffsetDateTime.parse(expected.get("expiration_out").asString()).toInstant();
            String shown = Recorded.text(line.get("expiration"));
            assertThat(shown == null ? "9999-12-31T23:59:59.999999900Z" : shown)
                .isEqualTo(end.toString());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> payloadOfAKeyInEachStateIsJudgedAsDotNetJudgesIt() throws IOException {
    JsonNode states = Recorded.json("key-states.json");
    List<String> items = Recorded.strings(states.get("redis_items"));
    for (int i = 0; i < items.size(); i++) {
      Files.writeString(directory.resolve("item-" + (char) ('a' + i) + ".xml"), items.get(i));
    }
    return states
        .get("states")
        .valueStream()
        .map(
            state ->
                DynamicTest.dynamicTest(
                    state.get("state").asString(), () -> checkState(states, state)));
  }

  private void checkState(JsonNode states, JsonNode state) {
    List<String> options =
        Shell.arguments(
            "unprotect",
            "--directory",
            directory,
            "--app",
            states.get("application").asString(),
            "--purpose=state",
            "--binary",
            "--json",
            "--lines");
    Shell shell = Shell.at(Instant.parse(states.get("now").asString()));
    String payload = Recorded.text(state.get("protected_base64"));
    checkAnswer(shell.run(payload, options).json(), state.get("dangerous_ignore_false"));
    options.add("--ignore-revocation");
    checkAnswer(shell.run(payload, options).json(), state.get("dangerous_ignore_true"));
  }

  private static void checkAnswer(JsonNode answer, JsonNode expected) {
    assertThat(answer.has("error")).isEqualTo(expected.has("error"));
    if (!expected.has("error")) {
      assertThat(answer.get("plaintext_base64")).isEqualTo(expected.get("plaintext_base64"));
      assertThat(answer.get("requires_migration")).isEqualTo(expected.get("requiresMigration"));
      assertThat(answer.get("was_revoked")).isEqualTo(expected.get("wasRevoked"));
    }
  }

  /** One line out for each value; null expects an error. */
  private static void checkLines(Shell.Result result, List<String> expected) {
    List<String> lines = result.lines();
    assertThat(lines).hasSameSizeAs(expected);
    for (int i = 0; i < lines.size(); i++) {
      if (expected.get(i) == null) {
        assertThat(lines.get(i)).startsWith("error: ").hasSizeGreaterThan("error: ".length());
      } else {
        assertThat(lines.get(i)).isEqualTo(expected.get(i));
      }
    }
    assertThat(result.exit()).isEqualTo(expected.stream().anyMatch(Objects::isNull) ? 1 : 0);
  }
}
