package io.sharedredis.lettuce.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.server.MovedConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/formats/hub-handover.md} are what is written and read. */
class HandoverFormatDocTest {
  private static final Offer OFFER = new Offer("id", "json", "alice", Set.of("r"));

  private static byte[] example(String name) throws IOException {
    String doc = Files.readString(Path.of("../../docs/formats/hub-handover.md"));
    Matcher line = Pattern.compile("(?m)^" + name + " +([0-9a-f]+)$").matcher(doc);
    assertThat(line.find()).as(name).isTrue();
    return HexFormat.of().parseHex(line.group(1));
  }

  @Test
  void offerIsAsDocumented() throws IOException {
    assertThat(HandoverCodec.encode(OFFER)).isEqualTo(example("offer"));
    assertThat(HandoverCodec.offer(example("offer"))).isEqualTo(OFFER);
  }

  @Test
  void connectionIsAsDocumented() throws IOException {
    MovedConnection moved = HandoverCodec.moved(example("connection"));
    assertThat(moved.firstKept()).isEqualTo(7);
    assertThat(moved.kept()).containsExactly("{\u001e".getBytes(StandardCharsets.UTF_8));
    assertThat(moved.waiting()).isEmpty();
    assertThat(moved.nextReceived()).isEqualTo(2);
    assertThat(moved.latestReceived()).isEqualTo(3);
    assertThat(moved.items()).isEqualTo(Map.of("k", 7));
    assertThat(HandoverCodec.encode(moved)).isEqualTo(example("connection"));
  }

  @Test
  void placesComeLastAndOnlyWhereThereAreSome() throws IOException {
    MovedConnection moved = HandoverCodec.moved(example("placed"));
    assertThat(HexFormat.of().formatHex(moved.places())).isEqualTo("93019081a3616c6c920507");
    assertThat(HandoverCodec.encode(moved)).isEqualTo(example("placed"));
    assertThat(HandoverCodec.moved(example("connection")).places()).isEmpty();
  }

  @Test
  void plainItemsKeepTheirTypes() {
    Map<Object, Object> items = new HashMap<>();
    items.put("flag", true);
    items.put("long", 7L);
    items.put("ratio", 0.5);
    items.put("when", Instant.ofEpochSecond(1, 2));
    items.put("id", new UUID(3, 4));
    items.put("list", List.of("a", 1, Map.of("b", 2L)));
    assertThat(HandoverCodec.portable(items)).isTrue();
    MovedConnection moved = new MovedConnection(1, List.of(), List.of(), 1, 0, items, new byte[0]);
    assertThat(HandoverCodec.moved(HandoverCodec.encode(moved)).items()).isEqualTo(items);
  }

  @Test
  void itemsOfOtherTypesCannotGo() {
    assertThat(HandoverCodec.portable(Map.of("thread", Thread.currentThread()))).isFalse();
    assertThat(HandoverCodec.portable(Map.of("list", List.of(new Object())))).isFalse();
  }

  @Test
  void whatIsCutOffOrOfAnotherFormatIsNothing() throws IOException {
    byte[] whole = example("connection");
    for (int length = 0; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      assertThat(HandoverCodec.moved(part)).isNull();
    }
    whole[1] = 2;
    assertThat(HandoverCodec.moved(whole)).isNull();
    byte[] offer = example("offer");
    offer[1] = 2;
    assertThat(HandoverCodec.offer(offer)).isNull();
  }
}
