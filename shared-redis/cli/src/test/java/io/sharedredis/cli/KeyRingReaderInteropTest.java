package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * keyring-reader-verdicts.json and keyrings.json: what 'keyring list' and 'verify' make of rings.
 */
class KeyRingReaderInteropTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> oddItemIsListedAsDotNetReadsIt() {
    int[] number = {0};
    return Recorded.json("keyring-reader-verdicts.json")
        .get("cases")
        .valueStream()
        // In a file it is the byte order mark of the file; RedisRingIT has the item.
        .filter(odd -> !odd.get("case").asString().equals("item with BOM character"))
        .map(
            odd ->
                DynamicTest.dynamicTest(
                    odd.get("case").asString(), () -> check(odd, "ring-" + number[0]++)));
  }

  private void check(JsonNode odd, String name) throws IOException {
    List<String> items = Recorded.strings(odd.get("items"));
    Path ring = Files.createDirectory(directory.resolve(name));
    for (int i = 0; i < items.size(); i++) {
      Files.writeString(ring.resolve("item-" + (10 + i) + ".xml"), expanded(items.get(i)));
    }
    Shell shell = Shell.at(Instant.parse("2025-02-15T00:00:00Z"));
    List<String> certificates = Recorded.certificates("rsa2048", "rsa4096", "rsa2048-new");
    Shell.Result listed =
        shell.run(
            "", Shell.arguments("keyring", "list", "--json", "--directory", ring, certificates));
    JsonNode verified =
        shell
            .run(
                "",
                Shell.arguments("keyring", "verify", "--json", "--directory", ring, certificates))
            .json();
    JsonNode result = odd.get("result");
    boolean fatal =
        verified
            .get("items")
            .valueStream()
            .anyMatch(item -> item.get("severity").asString().equals("fatal"));
    assertThat(fatal).isEqualTo(result.has("error"));
    assertThat(listed.exit()).isEqualTo(result.has("error") ? 1 : 0);
    if (!result.has("error")) {
      Map<String, String> expected = new TreeMap<>();
      result.get("keys").forEach(key -> expected.put(key.get("id").asString(), expected(key)));
      Map<String, String> actual = new TreeMap<>();
      listed.json().get("keys").forEach(key -> actual.put(key.get("id").asString(), actual(key)));
      assertThat(actual).isEqualTo(expected);
    }
  }

  private static String expected(JsonNode key) {
    return Instant.parse(key.path("creation").asString("2025-01-01T00:00:00Z"))
        + " "
        + Instant.parse(key.path("activation").asString("2025-01-03T00:00:00Z"))
        + " "
        + Instant.parse(key.path("expiration").asString("2025-04-01T00:00:00Z"))
        + (key.path("revoked").asBoolean(false) ? " revoked" : "")
        + (key.get("encryptor").isString() ? " usable" : "");
  }

  private static String actual(JsonNode key) {
    return key.get("creation").asString()
        + " "
        + key.get("activation").asString()
        + " "
        + key.get("expiration").asString()
        + (key.get("revoked").asBoolean() ? " revoked" : "")
        + (key.get("usable").asBoolean() ? " usable" : "");
  }

  private static String expanded(String item) {
    String expanded = item;
    for (Map.Entry<String, JsonNode> replacement :
        Recorded.json("keyring-reader-verdicts.json").get("replace_in_items").properties()) {
      expanded = expanded.replace(replacement.getKey(), Recorded.text(replacement.getValue()));
    }
    return expanded;
  }

  @TestFactory
  Stream<DynamicTest> ringOfDotNetIsSoundAndShowsNoSecret() {
    return Recorded.json("keyrings.json")
        .get("rings")
        .valueStream()
        .map(ring -> DynamicTest.dynamicTest(ring.get("name").asString(), () -> checkRing(ring)));
  }

  private static void checkRing(JsonNode ring) {
    String name = ring.get("name").asString();
    Shell shell = Shell.at(Recorded.now(name));
    List<String> where = Recorded.directory(name);
    Shell.Result verified =
        shell.run("", Shell.arguments("keyring", "verify", "--json", "--debug", where));
    assertThat(verified.exit()).isZero();
    assertThat(verified.json().get("ok").asBoolean()).isTrue();
    JsonNode listed =
        shell.run("", Shell.arguments("keyring", "list", "--json", where)).json().get("keys");
    assertThat(listed.size()).isEqualTo(ring.get("keys").size());
    String everything =
        verified + shell.run("", Shell.arguments("keyring", "list", where)).toString();
    for (JsonNode key : ring.get("keys")) {
      assertThat(everything).doesNotContain(key.get("master_key_base64").asString());
    }
  }
}
