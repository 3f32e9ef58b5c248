package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** The examples of {@code docs/formats/messaging.md} are what is written and read. */
class MessagingFormatDocTest {

  private static final long PUBLISHER = 0x0102030405060708L;

  private static byte[] example(String name) throws IOException {
    String doc = Files.readString(Path.of("../../docs/formats/messaging.md"));
    Matcher line = Pattern.compile("(?m)^" + name + " +([0-9a-f]+)$").matcher(doc);
    assertThat(line.find()).as(name).isTrue();
    return HexFormat.of().parseHex(line.group(1));
  }

  @Test
  void messageIsAsDocumented() throws IOException {
    BrokerMessage message = BrokerMessageCodec.decode(example("message"));
    assertThat(message.destination()).isEqualTo("/topic/news");
    assertThat(message.session()).isNull();
    assertThat(message.contentType()).isEqualTo("text/plain");
    assertThat(message.headers()).isEqualTo(Map.of("colour", List.of("red")));
    assertThat(message.payload()).asString().isEqualTo("hi");
    assertThat(BrokerMessageCodec.encode(PUBLISHER, message)).isEqualTo(example("message"));
  }

  @Test
  void messageForOneSessionIsAsDocumented() throws IOException {
    BrokerMessage message = BrokerMessageCodec.decode(example("session"));
    assertThat(message.destination()).isEqualTo("/user/alice/queue/orders");
    assertThat(message.session()).isEqualTo("s1");
    assertThat(message.contentType()).isNull();
    assertThat(message.headers()).isEmpty();
    assertThat(message.payload()).isEmpty();
    assertThat(BrokerMessageCodec.encode(PUBLISHER, message)).isEqualTo(example("session"));
  }

  @Test
  void newsOfUsersAreAsDocumented() throws IOException {
    ConnectedSession session =
        new ConnectedSession(
            "alice", "s1", List.of(new ConnectedSession.Subscription("0", "/user/queue/orders")));
    Map<String, UserNews> examples =
        Map.of(
            "alive", new UserNews.Alive(7),
            "sessions", new UserNews.Sessions(7, 0, 1, List.of(session)),
            "gone", new UserNews.Gone(),
            "ask", new UserNews.Ask(0));
    for (Map.Entry<String, UserNews> known : examples.entrySet()) {
      byte[] example = example(known.getKey());
      assertThat(UserNewsCodec.encode(PUBLISHER, known.getValue())).isEqualTo(example);
      assertThat(UserNewsCodec.decode(example))
          .isEqualTo(new UserNewsCodec.Told(PUBLISHER, known.getValue()));
      for (int length = 0; length < example.length; length++) {
        newsRefused(Arrays.copyOf(example, length));
      }
      newsRefused(Arrays.copyOf(example, example.length + 1));
      for (int at = 0; at < example.length; at++) {
        for (int value = 0; value < 256; value++) {
          byte[] changed = example.clone();
          changed[at] = (byte) value;
          try {
            assertThat(UserNewsCodec.decode(changed)).isNotNull();
          } catch (UnreadableException expected) {
            assertThat(expected).hasMessageNotContaining("alice");
          }
        }
      }
    }
  }

  private static void newsRefused(byte[] payload) {
    assertThatThrownBy(() -> UserNewsCodec.decode(payload)).isInstanceOf(UnreadableException.class);
  }

  @Test
  void publisherIsFoundWithoutReadingTheRest() throws IOException {
    assertThat(WireReader.isFrom(PUBLISHER, example("message"))).isTrue();
    assertThat(WireReader.isFrom(PUBLISHER + 1, example("message"))).isFalse();
    assertThat(WireReader.isFrom(PUBLISHER, new byte[11])).isFalse();
  }

  @Test
  void partsAndNamesAreAsDocumented() {
    MessagingChannels channels = new MessagingChannels("shop");
    assertThat(channels.destinations(MessagingChannels.partition("/topic/news")))
        .isEqualTo("shared-redis:shop:messaging:destinations:{2721}");
    assertThat(MessagingChannels.partition("/topic/stock.eur")).isEqualTo(2752);
    assertThat(channels.user("alice")).isEqualTo("shared-redis:shop:messaging:user:{alice}");
  }

  @Test
  void whatIsCutOffOrLongerOrOfAnotherFormatIsRefused() throws IOException {
    byte[] whole = example("message");
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length));
    }
    refused(Arrays.copyOf(whole, whole.length + 1));
    whole[1] = 2;
    refused(whole);
  }

  @Test
  void everyByteThatIsChangedIsReadOrRefusedButNeverFails() throws IOException {
    byte[] whole = example("message");
    for (int at = 0; at < whole.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = whole.clone();
        changed[at] = (byte) value;
        try {
          assertThat(BrokerMessageCodec.decode(changed)).isNotNull();
        } catch (UnreadableException expected) {
          assertThat(expected).hasMessageNotContaining("news");
        }
      }
    }
  }

  @Test
  void tooManyHeadersAreRefused() throws IOException {
    Map<String, List<String>> most =
        Map.of("h", IntStream.range(0, 256).mapToObj(i -> "v").toList());
    BrokerMessage fits = new BrokerMessage("/topic/x", null, null, most, new byte[0]);
    assertThat(BrokerMessageCodec.decode(BrokerMessageCodec.encode(1, fits)).headers())
        .isEqualTo(most);
    Map<String, List<String>> more =
        Map.of("h", IntStream.range(0, 257).mapToObj(i -> "v").toList());
    refused(
        BrokerMessageCodec.encode(1, new BrokerMessage("/topic/x", null, null, more, new byte[0])));
  }

  @Test
  void forgedLengthsAllocateNothing() throws IOException {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      BrokerMessageCodec.head(out, 7, 1);
      out.packRawStringHeader(Integer.MAX_VALUE);
      refused(out.toByteArray());
    }
  }

  private static void refused(byte[] payload) {
    assertThatThrownBy(() -> BrokerMessageCodec.decode(payload))
        .isInstanceOf(UnreadableException.class);
  }
}
