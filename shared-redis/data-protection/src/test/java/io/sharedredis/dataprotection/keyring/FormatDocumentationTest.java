package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/formats are real: the documented key opens the documented payload. */
class FormatDocumentationTest {
  private static final Path FORMATS = Path.of("..", "..", "docs", "formats");
  private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```", Pattern.DOTALL);

  private static List<String> blocks(String page) throws IOException {
    return BLOCK
        .matcher(Files.readString(FORMATS.resolve(page)))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void documentedKeyOpensTheDocumentedPayload() throws IOException {
    String key = blocks("key-elements.md").get(0).replace("\n", "");
    List<String> examples = blocks("payload.md");
    String hex = examples.get(examples.size() - 1).replaceAll("\\s", "");
    try (DataProtection ring =
        Interop.open(
            List.of(new KeyItem(key, "")), "MyApp", Instant.parse("2026-01-02T00:00:00Z"))) {
      byte[] content = ring.protector("purpose").unprotect(HexFormat.of().parseHex(hex));
      assertThat(new String(content)).isEqualTo("hello");
    }
  }

  @Test
  void documentedTagIsThatOfTheDocumentedElement() throws IOException {
    List<String> example =
        blocks("key-ring.md").stream()
            .filter(block -> block.startsWith("secret "))
            .findFirst()
            .orElseThrow()
            .lines()
            .map(line -> line.substring(line.indexOf(' ')).strip())
            .toList();
    EntryAuthentication authentication =
        new EntryAuthentication(HexFormat.of().parseHex(example.get(0)));
    KeyItem tagged = authentication.tag(new KeyItem(example.get(1), ""));
    // Computed once with another tool (OpenSSL): the constant must never change.
    assertThat(tagged.tag()).isEqualTo("diFpLU4I7fMoIxE/K09ANneu7lY2eCPMuIDH0KiJaKc=");
    assertThat(example.get(2)).isEqualTo(tagged.tag());
    assertThat(example.get(1))
        .isEqualTo(
            KeyElements.massRevocation(
                Instant.parse("2026-02-01T00:00:00Z").atOffset(ZoneOffset.UTC), null));
  }

  @Test
  void documentedElementsAreWhatIsWritten() throws IOException {
    List<String> blocks = blocks("key-elements.md");
    Instant created = Instant.parse("2026-01-01T00:00:00Z");
    byte[] secret = new byte[64];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) i;
    }
    Matcher id = Pattern.compile("id=\"([^\"]*)\"").matcher(blocks.get(0));
    assertThat(id.find()).isTrue();
    assertThat(
            KeyElements.key(
                GuidText.parse(id.group(1)),
                created,
                created,
                Instant.parse("2026-04-01T00:00:00Z"),
                KeyAlgorithm.AES_256_CBC_HMACSHA256,
                secret))
        .isEqualTo(blocks.get(0).replace("\n", ""));
    Instant revoked = Instant.parse("2026-02-01T00:00:00Z");
    assertThat(blocks.get(1).lines())
        .containsExactly(
            KeyElements.revocation(GuidText.parse(id.group(1)), revoked, "lost laptop"),
            KeyElements.massRevocation(revoked.atOffset(ZoneOffset.UTC), null));
  }
}
