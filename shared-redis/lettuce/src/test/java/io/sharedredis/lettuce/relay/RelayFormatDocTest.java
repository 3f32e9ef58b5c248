package io.sharedredis.lettuce.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Payloads and bodies: the examples of {@code docs/formats/hub-relay.md} are what is written, today
 * and for ever.
 */
class RelayFormatDocTest {
  private static final Path DOCUMENT = Path.of("../../docs/formats/hub-relay.md");
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^([a-z]+) +([0-9a-f]+)$");
  private static final byte[] PIECE = "hello".getBytes(StandardCharsets.UTF_8);

  private static final String CHANNEL = "shared-redis:shop:hub:relay:{web-2_00}";
  private static final byte[] KEY = new byte[RelayKey.BYTES];

  private final Map<String, Envelope> examples = new LinkedHashMap<>();

  RelayFormatDocTest() {
    example("unproven", 1, new RelayMessage.Ask(9, post(null), PIECE, false));
    example("ask", 1, new RelayMessage.Ask(9, post(TokenProof.of("token")), PIECE, false));
    example("more", 2, new RelayMessage.More(9, PIECE, true));
    example("ready", 1, new RelayMessage.Ready(9));
    example("reply", 2, new RelayMessage.Reply(9, 200, "text/plain", 10, PIECE, false));
    example("rest", 3, new RelayMessage.Rest(9, PIECE, true));
    example("took", 3, new RelayMessage.Took(9));
    example("hurry", 4, new RelayMessage.Hurry(9));
    example("cancel", 5, new RelayMessage.Cancel(9));
    example("alive", 0, null);
    examples.put("unknown", new Envelope(1, "web-1_00", 0, Envelope.UNKNOWN, 77, 0, null));
  }

  private static RelayRequest post(@Nullable TokenProof proof) {
    return new RelayRequest(RelayKind.POST, "A".repeat(22), 1, "/hub", "alice", proof);
  }

  private void example(String name, long number, @Nullable RelayMessage message) {
    examples.put(name, new Envelope(6, "web-1_00", 258, number, 77, 4, message));
  }

  @Test
  void examplesOfTheDocumentAreWhatIsWritten() throws IOException {
    Map<String, String> written = new LinkedHashMap<>();
    examples.forEach(
        (name, envelope) ->
            written.put(name, HexFormat.of().formatHex(RelayCodec.encode(envelope))));
    byte[] alive = RelayCodec.encode(Objects.requireNonNull(examples.get("alive")));
    byte[] signature = new RelayKey(KEY).signature(CHANNEL, alive);
    written.put(
        "signed",
        HexFormat.of().formatHex(new SignedPayload(signature, new byte[] {9}, alive).encode()));
    Map<String, String> documented = new LinkedHashMap<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      documented.put(matcher.group(1), matcher.group(2));
    }
    assertThat(documented).containsExactlyInAnyOrderEntriesOf(written);
  }

  @Test
  void whatIsWrittenIsRead() {
    examples.forEach(
        (name, envelope) ->
            assertThat(RelayCodec.decode(RelayCodec.encode(envelope)))
                .as(name)
                .usingRecursiveComparison()
                .isEqualTo(envelope));
  }
}
