package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ReturnAddress;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/formats/backplane.md} are what is written, today and for ever. */
class BackplaneFormatDocTest {

  private static final Path DOCUMENT = Path.of("../../docs/formats/backplane.md");
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^([a-z]+) +([0-9a-f]+)$");
  private static final String SERVER = "web-1_00112233445566778899aabbccddeeff";

  @Test
  void examplesOfTheDocumentAreWhatIsWritten() throws IOException {
    Map<String, String> examples = new LinkedHashMap<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      examples.put(matcher.group(1), matcher.group(2));
    }
    assertThat(examples)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "delivery", hex(BackplaneCodec.encode(delivery())),
                "stamped", hex(BackplaneCodec.encode(stamped())),
                "reliable", hex(reliable()),
                "question", hex(BackplaneCodec.encode(question())),
                "answer", hex(BackplaneCodec.encode(answer())),
                "command", hex(BackplaneCodec.encode(command())),
                "ack", hex(BackplaneCodec.encode(new Ack(42))),
                "peer", hex(Peers.announcement(1, SERVER, 3))));
  }

  private static Delivery delivery() {
    Map<String, byte[]> frames = new LinkedHashMap<>();
    frames.put("json", text("{'type':1,'target':'m','arguments':['hello']}"));
    frames.put("messagepack", HexFormat.of().parseHex("0e960180c0a16d91a568656c6c6f90"));
    return new Delivery(List.of(), frames, null, null);
  }

  private static Delivery stamped() {
    return new Delivery(
        List.of("A".repeat(22)),
        Map.of("json", text("{'type':1,'target':'m','arguments':['hello']}")),
        null,
        new Stamp(0x0123456789abcdefL, 7, 5));
  }

  private static byte[] reliable() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        BackplaneCodec.beforePosition(
            List.of(), Map.of("json", text("{'type':1,'target':'m','arguments':['hello']}"))));
    out.writeBytes(BackplaneCodec.position(new Position(1_769_860_800_000L, 17)));
    out.writeBytes(BackplaneCodec.afterPosition(new Stamp(0x0123456789abcdefL, 42, 0)));
    return out.toByteArray();
  }

  @Test
  void reliableMessageIsReadWithItsPosition() {
    Delivery read = BackplaneCodec.delivery(reliable());
    assertThat(read.position()).isEqualTo(new Position(1_769_860_800_000L, 17));
    assertThat(read.stamp()).isEqualTo(new Stamp(0x0123456789abcdefL, 42, 0));
    assertThat(read.wanted()).isNull();
  }

  private static Delivery question() {
    String id = "B".repeat(22);
    return new Delivery(
        List.of(),
        Map.of(
            "json", text("{'type':1,'invocationId':'" + id + "','target':'ask','arguments':[]}")),
        new ReturnAddress(id, new Channels("Shop.Hub").returns(SERVER)),
        null);
  }

  private static ClientResult answer() {
    return new ClientResult(
        "json", text("{'type':3,'invocationId':'" + "B".repeat(22) + "','result':10}"));
  }

  private static GroupCommand command() {
    return new GroupCommand(42, SERVER, GroupCommand.ADD, "room", "A".repeat(22));
  }

  private static byte[] text(String json) {
    return (json.replace('\'', '"') + "\u001e").getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
