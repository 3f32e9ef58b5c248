package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says to our server what was said to ASP.NET Core's, and expects its answers. */
class TranscriptsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Cases whose answer is ours on purpose, or tells what only .NET has. */
  private static final Map<String, String> OTHERWISE =
      Map.ofEntries(
          Map.entry(
              "handshake: handshake longer than 32768 bytes without separator (/probe/plain)",
              "not written out in the recording; ServerConnectionTest has it"),
          Map.entry(
              "hub protocol: message of 32768 bytes (/probe/plain)",
              "not written out in the recording; JsonHubProtocolTest has the limit"),
          Map.entry(
              "hub protocol: message of 32768 bytes (/probe/detailed)",
              "not written out in the recording; JsonHubProtocolTest has the limit"),
          Map.entry("hub protocol: WebSocket ping frame", "the container's business"),
          Map.entry("invoke: object argument", "the type is .NET's"),
          Map.entry(
              "invoke: cancellation token in plain method",
              "ours is told of the connection's end in any method"),
          Map.entry("invoke: call during a blocked call", "streams run beside calls, in no order"),
          Map.entry("stream: null (detailed errors)", "methods are named the Java way"),
          Map.entry(
              "upload: item before its id (detailed errors)",
              "a defect of the model: the order of properties must not matter"),
          Map.entry("upload: stream id in use", "the model loses the first call; ours refuses"),
          Map.entry(
              "upload: full buffer blocks the connection",
              "a defect of the model: the item is dropped, the connection lives"),
          Map.entry(
              "upload: full buffer blocks the connection (detailed errors)",
              "a defect of the model: the item is dropped, the connection lives"));

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in = TranscriptsTest.class.getResourceAsStream("/signalr-transcripts.json")) {
      JsonNode cases = JSON.readTree(in).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .filter(c -> !OTHERWISE.containsKey(name(c)))
          .map(c -> Arguments.of(name(c), c));
    }
  }

  private static String name(JsonNode recorded) {
    return recorded.get("group").asString() + ": " + recorded.get("name").asString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void serverAnswersAsRecorded(String name, JsonNode recorded) {
    String note = recorded.get("steps").get(0).get("note").asString();
    try (TestServer server =
        new TestServer(
            ProbeHub.class,
            ProbeHub::new,
            d -> {
              HubDefinition refusing =
                  new HubDefinition(
                      d.type(),
                      d.name(),
                      d.activator(),
                      note.contains("detailed") ? TestServer.detailed() : d.options(),
                      d.protocols(),
                      d.users(),
                      d.filters(),
                      ProbeHub.Refused.class::isInstance);
              return refusing;
            })) {
      TestClient client = server.open();
      if (note.contains("handshake done")) {
        client.handshake();
      }
      replay(client, recorded.get("steps"));
    }
  }

  private static void replay(TestClient client, JsonNode steps) {
    Deque<String> expected = new ArrayDeque<>();
    String invocationId = "";
    for (JsonNode step : steps) {
      String frame = step.path("frame").asString("");
      if (step.has("send")) {
        if (frame.equals("close") || !step.has("frame")) {
          client.disconnect();
          return;
        }
        String sent = step.get("send").asString().replace("{invocationId}", invocationId);
        client.sendBytes(sent.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      } else if (frame.equals("close")) {
        assertThat(client.next()).isEqualTo(TestClient.END);
        return;
      } else if (step.path("recv").isString()) {
        for (String message : step.get("recv").asString().split("\u001e")) {
          expected.add(message);
        }
        while (!expected.isEmpty()) {
          String wanted = expected.remove();
          JsonNode actual = JSON.readTree(client.next());
          if (wanted.contains("{invocationId}")) {
            invocationId = actual.path("invocationId").asString(invocationId);
            wanted = wanted.replace("{invocationId}", invocationId);
          }
          wanted = wanted.replace("{connectionId}", client.connection.connection().connectionId());
          assertThat(actual).isEqualTo(JSON.readTree(wanted));
        }
      }
    }
  }
}
