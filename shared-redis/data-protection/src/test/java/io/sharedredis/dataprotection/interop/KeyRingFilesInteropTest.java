package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** keyrings/: the files .NET wrote are what we write for the same items, and read back as them. */
class KeyRingFilesInteropTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> filesAreThoseOfDotNet() {
    return StreamSupport.stream(Interop.json("keyrings.json").get("rings").spliterator(), false)
        .map(
            ring ->
                DynamicTest.dynamicTest(
                    ring.get("name").asString(),
                    () -> {
                      writesTheSameFiles(ring);
                      readsTheFilesAsTheItems(ring);
                    }));
  }

  private void writesTheSameFiles(JsonNode ring) throws IOException {
    String name = ring.get("name").asString();
    Path target = directory.resolve(name);
    FileSystemKeyRepository repository = new FileSystemKeyRepository(target);
    List<KeyItem> items = Interop.items(ring.get("redis_items"));
    List<String> names = Interop.strings(ring.get("friendly_names_in_order"));
    for (int i = 0; i < items.size(); i++) {
      repository.store(new KeyItem(items.get(i).xml(), names.get(i)));
    }
    for (String file : Interop.strings(ring.get("files"))) {
      assertThat(Files.readString(target.resolve(file)))
          .isEqualTo(
              new String(Interop.file("keyrings/" + name + "/" + file), StandardCharsets.UTF_8));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  private static void readsTheFilesAsTheItems(JsonNode ring) {
    // Only looked at: a repository would leave the name of its life among the records.
    List<KeyItem> read =
        FileSystemKeyRepository.itemsOf(
            Interop.folder().resolve("keyrings").resolve(ring.get("name").asString()));
    // .NET writes no file for a second item of the same name.
    Map<String, String> expected = new LinkedHashMap<>();
    List<KeyItem> items = Interop.items(ring.get("redis_items"));
    List<String> names = Interop.strings(ring.get("friendly_names_in_order"));
    for (int i = 0; i < items.size(); i++) {
      expected.putIfAbsent(names.get(i), items.get(i).xml());
    }
    assertThat(read)
        .extracting(KeyItem::xml)
        .containsExactlyInAnyOrderElementsOf(expected.values());
  }

  @TestFactory
  Stream<DynamicTest> oddFilesAreJudgedAsDotNetJudgesThem() {
    JsonNode verdicts = Interop.json("keyring-reader-verdicts.json");
    return StreamSupport.stream(verdicts.get("files").spliterator(), false)
        .map(file -> DynamicTest.dynamicTest(file.get("case").asString(), () -> judge(file)));
  }

  private void judge(JsonNode odd) throws IOException {
    String name = odd.get("file_name").asString();
    boolean error = odd.get("result").has("error");
    int index = 0;
    for (byte[] content : contents(name, odd.get("result"))) {
      Path ring = Files.createTempDirectory(directory, "odd-" + index++);
      Files.write(ring.resolve(name), content);
      List<String> ids = new ArrayList<>();
      try (DataProtection opened =
          DataProtection.open(
              DataProtectionOptions.builder().build(), new FileSystemKeyRepository(ring))) {
        opened.keyManager().keys().forEach(key -> ids.add(key.id().toString()));
      } catch (DataProtectionException e) {
        assertThat(error).isTrue();
        continue;
      }
      assertThat(error).isFalse();
      String id = Interop.ring(Interop.plainRing()).get("keys").get(0).get("id").asString();
      assertThat(ids.contains(id)).isEqualTo(odd.get("result").get("keys").asInt() > 0);
    }
  }

  /**
   * The record gives the name and the verdict of a file; its content is in the words of a case
   * only. So whatever can have led to the verdict is tried: each broken form for an error, each
   * encoding of a key for a file that was read or whose name keeps it from being read.
   */
  private static List<byte[]> contents(String name, JsonNode result) {
    String xml = Interop.items(Interop.ring(Interop.plainRing()).get("redis_items")).get(0).xml();
    if (result.has("error")) {
      return List.of(new byte[0], Interop.utf8(xml.substring(0, 100)), Interop.utf8("no XML"));
    }
    if (result.get("keys").asInt() == 0 && name.endsWith(".xml")) {
      return List.of(Interop.utf8("<other />"));
    }
    String declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    return List.of(
        Interop.utf8("\uFEFF" + declaration + xml),
        Interop.utf8(declaration + xml),
        Interop.utf8("\uFEFF" + xml),
        Interop.utf8(xml),
        ("\uFEFF" + declaration.replace("utf-8", "utf-16") + xml)
            .getBytes(StandardCharsets.UTF_16LE));
  }
}
