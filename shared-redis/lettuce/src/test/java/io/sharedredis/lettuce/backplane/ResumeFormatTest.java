package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in Redis of a client with a resume id; the examples stand in the document. */
class ResumeFormatTest {

  private static final Path DOCUMENT = Path.of("../../docs/formats/backplane-resume.md");
  private static final String ID = "6f1d2c3b-4a59-4e8d-9c70-112233445566";

  private static final Places PLACES =
      new Places(
          List.of("A".repeat(22), "B".repeat(22)),
          Map.of(
              "all", new Position(0, 0),
              "group:room", new Position(1_769_860_800_000L, 17),
              "user", new Position(1_769_860_800_123L, 3)));

  @Test
  void examplesOfTheDocumentAreWhatIsWritten() throws IOException {
    Map<String, String> examples = new HashMap<>();
    Matcher matcher =
        Pattern.compile("(?m)^([a-z]+) +([A-Za-z0-9_-]+)$").matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      examples.put(matcher.group(1), matcher.group(2));
    }
    PlaceKey ann = PlaceKey.of("Shop.Hub", "ann", ID);
    PlaceKey nobody = PlaceKey.of("Shop.Hub", null, ID);
    assertThat(examples)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "owner", ann.owner(),
                "client", ann.client(),
                "lot", nobody.owner(),
                "anonymous", nobody.client(),
                "channel", PlaceKey.channel("Shop.Hub:group:room"),
                "places", HexFormat.of().formatHex(PLACES.encode())));
    assertThat(Places.decode(PLACES.encode())).isEqualTo(PLACES);
  }

  @Test
  void hubUserAndIdAreAllPartOfTheName() {
    PlaceKey one = PlaceKey.of("Hub", "ann", ID);
    assertThat(PlaceKey.of("Hub", "ann", ID)).isEqualTo(one);
    assertThat(
            List.of(
                PlaceKey.of("Hub", "Ann", ID),
                PlaceKey.of("Hub", "", ID),
                PlaceKey.of("Hub", null, ID),
                PlaceKey.of("Hub2", "ann", ID),
                PlaceKey.of("Huba", "nn", ID),
                PlaceKey.of("Hub", "ann", ID + "0")))
        .doesNotContain(one)
        .doesNotHaveDuplicates()
        .extracting(PlaceKey::client)
        .doesNotHaveDuplicates()
        .doesNotContain(one.client());
    assertThat(PlaceKey.of("Hub", "ann", ID + "0").owner()).isEqualTo(one.owner());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c0",
        "9101",
        "93029080",
        "9301908080",
        "9401908080",
        "930190",
        "930189a080",
        "930199a0a0a0a0a0a0a0a0a080",
        "930190df7fffffff",
        "93019081a3616c6c91",
        "93019081a3616c6c9100",
        "93019081a3616c6c9300000a",
        "93019081a3616c6c92ff00",
        "93019081a3616c6c9200ff",
        "93019082a3616c6c920101a3616c6c920101",
        "93019081a3616c6c92a101a101",
        "93019081a3616c6c92cf7fffffffffffffff"
      })
  void anythingElseIsRefused(String hex) {
    assertThatThrownBy(() -> Places.decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void noBytesBreakTheReader() {
    Random random = new Random(6);
    byte[] right = PLACES.encode();
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = right.clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        Places read = Places.decode(bytes);
        assertThat(Places.decode(read.encode())).isEqualTo(read);
      } catch (MalformedMessageException expected) {
        assertThat(expected).hasMessageEndingWith(".");
      }
    }
  }

  @Test
  void onlyTheLastConnectionsAreRemembered() {
    List<String> ids = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
    assertThat(new Places(ids, Map.of()).connections())
        .containsExactly("12", "13", "14", "15", "16", "17", "18", "19");
  }
}
