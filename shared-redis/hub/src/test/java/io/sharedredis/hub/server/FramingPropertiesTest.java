package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for any messages, however their bytes are cut; a seed names each case. */
class FramingPropertiesTest {
  private static final int LIMIT = 32 * 1024;
  private static final int ROUNDS = 300;

  private static HubProtocol protocol(String name) {
    return name.equals("json") ? new JsonHubProtocol() : new MessagePackHubProtocol();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void messagesCutAnywhereComeOutWholeAndInOrder(String name) {
    HubProtocol protocol = protocol(name);
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      List<String> sent = new ArrayList<>();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = random.nextInt(20); i >= 0; i--) {
        String text = text(random);
        sent.add(text);
        bytes.writeBytes(
            protocol.write(HubMessage.Invocation.of(String.valueOf(i), "method", List.of(text))));
        if (random.nextInt(4) == 0) {
          bytes.writeBytes(protocol.write(new HubMessage.Ping()));
        }
      }
      assertThat(received(protocol, bytes.toByteArray(), random))
          .as("seed %d", seed)
          .isEqualTo(sent);
    }
  }

  private static List<String> received(HubProtocol protocol, byte[] all, Random random) {
    InboundBuffer buffer = new InboundBuffer();
    List<String> texts = new ArrayList<>();
    for (int at = 0; at < all.length; ) {
      int next = Math.min(all.length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 2000));
      buffer.append(Arrays.copyOfRange(all, at, next));
      at = next;
      byte[] frame = protocol.nextFrame(buffer.view(), LIMIT);
      while (frame != null) {
        if (protocol.read(frame) instanceof HubMessage.Invocation call) {
          texts.add((String) ((Payload) call.arguments().get(0)).read(String.class));
        }
        frame = protocol.nextFrame(buffer.view(), LIMIT);
      }
      buffer.releaseIfEmpty();
    }
    assertThat(buffer.size()).isZero();
    return texts;
  }

  private static String text(Random random) {
    int length = random.nextInt(10) == 0 ? random.nextInt(5000) : random.nextInt(40);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(5)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> 0x1F600 + random.nextInt(40);
            case 2 -> 0x00C0 + random.nextInt(200);
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void spoiledBytesAreRefusedOrSkippedAndNothingElse(String name) {
    HubProtocol protocol = protocol(name);
    for (long seed = 0; seed < ROUNDS * 10; seed++) {
      Random random = new Random(seed);
      byte[] bytes =
          protocol.write(
              new HubMessage.StreamInvocation(
                  Map.of("h", "v"), "1", "method", List.of("text", 1, List.of(2)), List.of("s")));
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      InboundBuffer buffer = new InboundBuffer();
      buffer.append(bytes);
      try {
        byte[] frame = protocol.nextFrame(buffer.view(), LIMIT);
        if (frame != null) {
          protocol.read(frame);
        }
      } catch (ProtocolException expected) {
        assertThat(expected).hasMessageMatching("(?s).+");
      }
    }
  }
}
