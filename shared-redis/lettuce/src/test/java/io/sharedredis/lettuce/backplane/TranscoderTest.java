package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TranscoderTest {

  private static final HubProtocol JSON = new JsonHubProtocol();
  private static final HubProtocol MESSAGE_PACK = new MessagePackHubProtocol();
  private static final Invocation CALL =
      Invocation.of(
          null, "m", Arrays.asList("Grüße", 1, -2.5, true, null, List.of(1, 2), Map.of("a", "b")));

  private final Transcoder transcoder = new Transcoder(List.of(JSON, MESSAGE_PACK));

  @Test
  void messageOfAServerThatSpeaksOneProtocolIsWrittenInTheOther() {
    Map<String, byte[]> both = transcoder.complete(Map.of("json", JSON.write(CALL)));
    assertThat(both.get("messagepack")).isEqualTo(MESSAGE_PACK.write(CALL));

    Map<String, byte[]> back = transcoder.complete(Map.of("messagepack", MESSAGE_PACK.write(CALL)));
    assertThat(back.get("json")).isEqualTo(JSON.write(CALL));
  }

  @Test
  void severalMessagesInOneBlobAreAllWritten() {
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(JSON.write(CALL));
    twice.writeBytes(JSON.write(CALL));
    byte[] one = MESSAGE_PACK.write(CALL);
    assertThat(transcoder.complete(Map.of("json", twice.toByteArray())).get("messagepack"))
        .hasSize(2 * one.length)
        .startsWith(one)
        .endsWith(one);
  }

  @Test
  void completeMessageIsLeftAsItIs() {
    Map<String, byte[]> framed = Map.of("json", new byte[] {1}, "messagepack", new byte[] {2});
    assertThat(transcoder.complete(framed)).isSameAs(framed);
  }

  @Test
  void unknownProtocolIsNoHelp() {
    Map<String, byte[]> framed = Map.of("JSON", new byte[] {1});
    assertThat(transcoder.complete(framed)).isSameAs(framed);
  }
}
