package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sockets that come and go as in front of ASP.NET Core's server, which answered what is expected.
 */
class StatefulTranscriptsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HubRequest REQUEST =
      new HubRequest("/hub", Map.of(), Map.of(), null, null, null);
  private static final Pattern REPEATED = Pattern.compile("<(\\d+) x>");

  /** Where the model loses a socket that it has just taken. */
  private static final String DEFECT = "old socket silent";

  static Stream<Arguments> cases() throws IOException {
    try (InputStream in =
        StatefulTranscriptsTest.class.getResourceAsStream("/signalr-stateful-transcripts.json")) {
      JsonNode cases = JSON.readTree(in).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .filter(c -> !c.get("name").asString().equals(DEFECT))
          .map(c -> Arguments.of(c.get("name").asString(), c.get("steps")));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void serverAnswersAsRecorded(String name, JsonNode steps) {
    StatefulReconnects rules = new StatefulReconnects(true, 1_000, Duration.ofSeconds(3));
    try (TestServer server =
        new TestServer(
            ProbeHub.class,
            ProbeHub::new,
            d ->
                new HubDefinition(
                    d.type(),
                    d.name(),
                    d.activator(),
                    TestServer.detailed().withStatefulReconnects(rules),
                    List.of(new JsonHubProtocol(), new MessagePackHubProtocol()),
                    d.users(),
                    d.filters(),
                    d.unauthorized()))) {
      new Replay(server, !name.equals("skip negotiation")).run(steps);
    }
  }

  /** One case, socket by socket. */
  private static final class Replay {
    private final TestServer server;
    private final boolean stateful;
    private final Map<String, RecordingTransport> sockets = new HashMap<>();
    private ServerConnection connection;

    Replay(TestServer server, boolean stateful) {
      this.server = server;
      this.stateful = stateful;
    }

    void run(JsonNode steps) {
      for (JsonNode step : steps) {
        String on = step.path("on").asString("");
        if (step.has("send") && step.get("send").isString()) {
          send(on, step);
        } else if (step.has("send")) {
          sockets.get(on).wire().transportLost();
        } else if (step.has("sendHex")) {
          RecordingTransport socket = socket(on);
          socket.wire().received(HexFormat.of().parseHex(step.get("sendHex").asString()));
        } else if (step.has("recvHex")) {
          expectHex(on, step.get("recvHex").asString());
        } else if (step.path("recv").isString()) {
          expect(on, step);
        } else if (step.path("event").asString("").startsWith("nothing for ")) {
          expectNothing(on, step.get("event").asString());
        } else if (step.path("note").asString("").endsWith("s later")) {
          server.advance(Duration.ofSeconds(5));
        }
      }
    }

    private void send(String on, JsonNode step) {
      String text = step.get("send").asString();
      if (text.startsWith("GET ")) {
        RecordingTransport next = new RecordingTransport();
        sockets.put(on, next);
        if (connection != null && connection.mayReturn()) {
          next.open(transport -> connection.resume(REQUEST, transport));
        }
      } else if (step.path("frame").asString().equals("close")) {
        socket(on).wire().transportClosed();
      } else {
        socket(on).wire().received(text.getBytes(StandardCharsets.UTF_8));
      }
    }

    private RecordingTransport socket(String name) {
      RecordingTransport socket = sockets.computeIfAbsent(name, n -> new RecordingTransport());
      if (!socket.isOpen()) {
        socket.open(
            transport ->
                server.server.open("0123456789012345678901", REQUEST, transport, stateful));
        connection = socket.wire().connection();
      }
      return socket;
    }

    private void expect(String on, JsonNode step) {
      String wanted = step.get("recv").asString();
      if (wanted.startsWith("HTTP/1.1 101")) {
        // Our answer to a first socket comes with the first thing it says.
        assertThat(connection == null || sockets.get(on).isOpen()).isTrue();
      } else if (wanted.startsWith("HTTP/1.1 ")) {
        assertThat(sockets.get(on).isOpen()).as(wanted).isFalse();
      } else if (step.path("frame").asString().equals("close")) {
        sockets.get(on).awaitEnd();
      } else {
        for (String message : spelledOut(wanted).split("\u001e")) {
          letTimePass(message.startsWith("{\"type\":8"));
          String actual = new String(socket(on).next(), StandardCharsets.UTF_8);
          assertThat(JSON.readTree(actual.substring(0, actual.length() - 1)))
              .isEqualTo(JSON.readTree(message));
        }
      }
    }

    private void expectHex(String on, String wanted) {
      letTimePass(wanted.startsWith("039208"));
      StringBuilder actual = new StringBuilder();
      while (actual.length() < wanted.length()) {
        actual.append(HexFormat.of().formatHex(socket(on).next()));
      }
      assertThat(actual).hasToString(wanted);
    }

    private void expectNothing(String on, String event) {
      Matcher seconds = Pattern.compile("nothing for ([0-9.]+) s").matcher(event);
      assertThat(seconds.find()).isTrue();
      server.advance(Duration.ofSeconds((long) Double.parseDouble(seconds.group(1))));
      assertThat(socket(on).isSilent()).isTrue();
    }

    private void letTimePass(boolean forAck) {
      if (forAck) {
        server.advance(Duration.ofSeconds(1));
      }
    }

    private static String spelledOut(String text) {
      return REPEATED
          .matcher(text)
          .replaceAll(
              found -> "x".repeat(Integer.parseInt(Objects.requireNonNull(found.group(1)))));
    }
  }
}
