package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The keyring commands on a ring in a directory. */
class KeyringCommandsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir private Path directory;

  private final Shell shell = Shell.at(NOW);

  @Test
  void firstKeyIsActiveAtOnceAndTheNextInTwoDays() {
    JsonNode first = keyring("create", "--json").json();
    JsonNode second = keyring("create", "--lifetime=30d", "--json").json();
    assertThat(first.get("activation").asString()).isEqualTo(NOW.toString());
    assertThat(first.get("expiration").asString()).isEqualTo("2027-02-20T12:00:00Z");
    assertThat(second.get("activation").asString()).isEqualTo("2026-11-24T12:00:00Z");
    assertThat(second.get("expiration").asString()).isEqualTo("2026-12-24T12:00:00Z");
    assertThat(list().get("default_key_id")).isEqualTo(first.get("id"));
  }

  @Test
  void keyThatIsActivatedNowComesWithAWarning() {
    keyring("create");
    Shell.Result created =
        Shell.at(NOW.plusSeconds(1)).run("", arguments("create", "--activate-now"));
    assertThat(created.exit()).isZero();
    assertThat(created.err())
        .contains("warning: the key protects at once")
        .contains("ASP.NET Core");
    JsonNode ring = Shell.at(NOW.plusSeconds(1)).run("", arguments("list", "--json")).json();
    assertThat(ring.get("default_key_id").asString()).isEqualTo(created.line());
  }

  @Test
  void newKeyIsEncryptedForTheFirstCertificate() throws IOException {
    Shell.Result created =
        shell.run(
            "", Shell.arguments(arguments("create"), Recorded.certificates("rsa2048", "rsa4096")));
    assertThat(created.exit()).isZero();
    assertThat(created.err()).doesNotContain("unencrypted");
    Path file = directory.resolve("ring/key-" + created.line() + ".xml");
    assertThat(Files.readString(file)).contains("encryptedSecret").doesNotContain("masterKey");
    assertThat(keyring("verify").exit()).isEqualTo(1);
    Shell.Result verified =
        shell.run("", Shell.arguments(arguments("verify"), Recorded.certificates("rsa2048")));
    assertThat(verified.exit()).isZero();
    assertThat(verified.out()).contains("encryption: certificate CN=");
    assertThat(
            shell
                .run(
                    "",
                    Shell.arguments(
                        arguments("verify", "--require-encrypted-keys"),
                        Recorded.certificates("rsa2048")))
                .exit())
        .isZero();
  }

  @Test
  void revokedKeyUnprotectsNothingUnlessRevocationIsIgnored() {
    String id = keyring("create").line();
    String payload = shell.run("rescue me\n", where("protect", "--purpose=p")).out();
    Shell.Result revoked = keyring("revoke", id, "--reason", "laptop <lost> & found");
    assertThat(revoked.exit()).isZero();
    assertThat(revoked.line()).isEqualTo(id);
    Shell.Result refused = shell.run(payload, where("unprotect", "--purpose=p"));
    assertThat(refused).isEqualTo(new Shell.Result(1, "", "error: key " + id + " is revoked\n"));
    assertThat(shell.run(payload, where("unprotect", "--purpose=p", "--ignore-revocation")).out())
        .isEqualTo("rescue me\n");
    assertThat(shell.run("x", where("protect", "--purpose=p")).exit()).isEqualTo(1);
    assertThat(keyring("revoke", id, "--json").json().get("stored").asBoolean()).isFalse();
    assertThat(files()).hasSize(2);
    assertThat(shell.run("", where("keyring", "create")).err()).contains("active now");
  }

  @Test
  void unknownKeyIsRevokedOnlyByForce() {
    keyring("create");
    String id = "46e9d93c-e37b-4380-baf7-c5f859f61d1f";
    assertThat(keyring("revoke", id).exit()).isEqualTo(1);
    assertThat(keyring("revoke", id).err()).contains("--force");
    assertThat(keyring("revoke", id, "--force").exit()).isZero();
    assertThat(keyring("verify").out()).contains("NOTE: revokes a key that the ring does not hold");
    assertThat(keyring("verify").exit()).isZero();
  }

  @Test
  void allKeysBeforeAnInstantAreRevoked() {
    String old = keyring("create").line();
    Shell later = Shell.at(NOW.plusSeconds(3600));
    String young = later.run("", arguments("create")).line();
    Shell.Result revoked =
        later.run("", arguments("revoke-all", "--before", "2026-11-22T14:30:00+02:00", "--json"));
    assertThat(revoked.json().get("before").asString()).isEqualTo("2026-11-22T12:30:00Z");
    assertThat(revoked.json().get("revoked").size()).isEqualTo(1);
    assertThat(revoked.json().get("revoked").get(0).asString()).isEqualTo(old);
    for (JsonNode key : later.run("", arguments("list", "--json")).json().get("keys")) {
      assertThat(key.get("revoked").asBoolean())
          .isNotEqualTo(key.get("id").asString().equals(young));
    }
    Shell latest = Shell.at(NOW.plusSeconds(3601));
    assertThat(latest.run("", arguments("revoke-all", "--before=now")).line()).isEqualTo(young);
  }

  @Test
  void exportAndImportKeepEveryItem() throws IOException {
    for (String ring : List.of("revoked-keys", "revoked-all", "several-keys", "null-encryptor")) {
      Path export = directory.resolve("export-" + ring);
      Path again = directory.resolve("again-" + ring);
      List<String> source = Recorded.directory(ring);
      assertThat(shell.run("", Shell.arguments("keyring", "export", export, source)).exit())
          .isZero();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(export)))
          .isEqualTo("rwx------");
      for (String file : Recorded.strings(Recorded.ring(ring).get("files"))) {
        assertThat(export.resolve(file))
            .hasSameBinaryContentAs(
                Recorded.folder().resolve("keyrings").resolve(ring).resolve(file));
      }
      Shell.Result imported =
          shell.run("", Shell.arguments("keyring", "import", export, "--directory", again));
      assertThat(imported.exit()).isZero();
      assertThat(xml(again)).isEqualTo(xml(export));
      assertThat(
              shell
                  .run(
                      "",
                      Shell.arguments("keyring", "import", export, "--directory", again, "--json"))
                  .json()
                  .get("imported")
                  .asInt())
          .isZero();
    }
  }

  @Test
  void exportThatWasChangedOrCutIsNotImported() throws IOException {
    Path export = directory.resolve("export");
    shell.run("", Shell.arguments("keyring", "export", export, Recorded.directory("revoked-all")));
    Path revocation =
        xmlFiles(export)
            .filter(file -> file.getFileName().toString().startsWith("revocation"))
            .findFirst()
            .orElseThrow();
    byte[] content = Files.readAllBytes(revocation);
    Files.delete(revocation);
    assertThat(keyring("import", export.toString()).err())
        .contains("is not complete")
        .contains(revocation.getFileName().toString());
    Files.writeString(
        revocation,
        new String(content, java.nio.charset.StandardCharsets.UTF_8).replace("2025", "2024"));
    assertThat(keyring("import", export.toString()).exit()).isEqualTo(1);
    assertThat(directory.resolve("ring")).doesNotExist();
    Files.write(revocation, content);
    assertThat(keyring("import", export.toString()).exit()).isZero();
  }

  @Test
  void ringThatIsOnlyLookedAtStaysAsItIs() throws IOException {
    Path ring = Files.createDirectory(directory.resolve("ring"));
    Files.writeString(ring.resolve("key.xml"), Recorded.items("default").get(0));
    keyring("list");
    keyring("verify");
    keyring("export", directory.resolve("export").toString());
    shell.run("x", where("protect", "--purpose=p"));
    shell.run("x", where("unprotect", "--purpose=p"));
    try (Stream<Path> files = Files.list(ring)) {
      assertThat(files).containsExactly(ring.resolve("key.xml"));
    }
  }

  @Test
  void importNeverBringsAnIdTwice() throws IOException {
    String id = keyring("create").line();
    Path other = Files.createDirectory(directory.resolve("other"));
    Path file = directory.resolve("ring/key-" + id + ".xml");
    Files.writeString(
        other.resolve("key.xml"), Files.readString(file).replace("2027-02-20", "2027-02-21"));
    Shell.Result refused = keyring("import", other.toString());
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains(id).contains("nothing is imported");
    Files.copy(file, other.resolve("copy.xml"));
    assertThat(keyring("import", other.toString()).err()).contains("there twice");
    assertThat(files()).hasSize(1);
  }

  @Test
  void exportKeepsItemsThatDotNetsLayoutWouldChange() throws IOException {
    Path odd = Files.createDirectory(directory.resolve("ring"));
    Files.writeString(odd.resolve("a.xml"), "no xml at all <");
    Files.writeString(odd.resolve("b.xml"), "<unknown a='1'/>");
    Path export = directory.resolve("export");
    Shell.Result exported = keyring("export", export.toString());
    assertThat(exported.exit()).isZero();
    assertThat(Files.readString(export.resolve("a.xml"))).endsWith("no xml at all <");
    Shell.Result refused =
        shell.run(
            "",
            Shell.arguments("keyring", "import", export, "--directory", directory.resolve("x")));
    assertThat(refused.err()).contains("nothing is imported").contains("item 1 (a)");
    assertThat(directory.resolve("x")).doesNotExist();
    assertThat(keyring("export", export.toString()).err()).contains("is not empty");
  }

  @Test
  void resetAsksAtATerminalAndLeavesTheMark() {
    keyring("create");
    assertThat(shell.withPersonWhoTypes("no").run("", arguments("reset")).exit()).isEqualTo(1);
    assertThat(files()).hasSize(1);
    assertThat(shell.withPersonWhoTypes("Reset").run("", arguments("reset")).exit()).isZero();
    assertThat(files()).isEmpty();
    assertThat(directory.resolve("ring/.shared-redis-reset")).exists();
    keyring("create");
    assertThat(
            shell
                .withPersonWhoTypes("no")
                .run("", arguments("reset", "--yes", "--json"))
                .json()
                .get("deleted")
                .asInt())
        .isEqualTo(1);
  }

  @Test
  void resetAsksNobodyInAScript() {
    keyring("create");
    Shell.Result reset = keyring("reset");
    assertThat(reset.line()).isEqualTo("1");
    assertThat(reset.err()).contains("make one now with 'keyring create'");
    assertThat(files()).isEmpty();
  }

  @Test
  void verifyFindsEverythingThatIsWrong() throws IOException {
    String id = keyring("create").line();
    Path ring = directory.resolve("ring");
    Path file = ring.resolve("key-" + id + ".xml");
    Files.copy(file, ring.resolve("zz-copy.xml"));
    Files.writeString(ring.resolve("zz-cut.xml"), Files.readString(file).substring(0, 200));
    Files.writeString(ring.resolve("zz-revocation.xml"), "<revocation version=\"1\" />");
    Files.writeString(ring.resolve("zz-unknown.xml"), "<other />");
    Files.writeString(
        ring.resolve("zz-undated.xml"),
        "<key id=\"11111111-2222-3333-4444-555555555555\" version=\"1\" />");
    Shell.Result verified = keyring("verify", "--json");
    assertThat(verified.exit()).isEqualTo(1);
    assertThat(
            verified.json().get("items").valueStream().map(item -> item.get("severity").asString()))
        .containsExactly("ok", "fatal", "fatal", "fatal", "problem", "note");
    assertThat(verified.json().get("ok").asBoolean()).isFalse();
    assertThat(verified.err()).contains("no replica can load the ring");
    assertThat(keyring("list").exit()).isEqualTo(1);
    assertThat(keyring("list").err()).contains("cannot be used");
    // What is broken can still be revoked and saved.
    assertThat(keyring("revoke", id).exit()).isZero();
    assertThat(keyring("export", directory.resolve("saved").toString()).exit()).isZero();
  }

  @Test
  void entriesAreAuthenticatedByTheSecret() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "s".repeat(32));
    String foreign = keyring("create").line();
    List<String> authenticated = List.of("--entry-secret-file", secret.toString());
    String own = shell.run("", Shell.arguments(arguments("create"), authenticated)).line();
    Shell.Result verified =
        shell.run("", Shell.arguments(arguments("verify", "--json"), authenticated));
    assertThat(verified.exit()).isEqualTo(1);
    for (JsonNode item : verified.json().get("items")) {
      assertThat(item.get("authenticated").asBoolean())
          .isEqualTo(item.get("key_id").asString().equals(own));
    }
    Shell.Result pending = shell.run("", Shell.arguments(arguments("approve"), authenticated));
    assertThat(pending.line()).contains(foreign);
    String fingerprint = pending.line().substring(0, 64);
    assertThat(
            shell
                .run("", Shell.arguments(arguments("approve", "0".repeat(64)), authenticated))
                .exit())
        .isEqualTo(1);
    assertThat(
            shell.run("", Shell.arguments(arguments("approve", fingerprint), authenticated)).line())
        .isEqualTo("1");
    assertThat(shell.run("", Shell.arguments(arguments("verify"), authenticated)).exit()).isZero();
  }

  private JsonNode list() {
    return keyring("list", "--json").json();
  }

  private Shell.Result keyring(String... arguments) {
    return shell.run("", arguments(arguments));
  }

  private List<String> arguments(String... arguments) {
    return Shell.arguments("keyring", List.of(arguments), "--directory", directory.resolve("ring"));
  }

  private List<String> where(String... arguments) {
    return Shell.arguments(List.of(arguments), "--directory", directory.resolve("ring"));
  }

  private Set<String> files() {
    return xml(directory.resolve("ring"));
  }

  private static Set<String> xml(Path ring) {
    return xmlFiles(ring)
        .map(
            file -> {
              try {
                return file.getFileName() + "\n" + Files.readString(file);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
        .collect(Collectors.toSet());
  }

  private static Stream<Path> xmlFiles(Path ring) {
    try (Stream<Path> files = Files.list(ring)) {
      return files.filter(file -> file.toString().endsWith(".xml")).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
