package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.StatefulReconnects;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A replica that stops closes the sockets of clients that can go on elsewhere. */
class SendingAwayTest {
  private static final HubRequest REQUEST =
      new HubRequest("/hub", Map.of(), Map.of(), null, null, null);

  private final TestServer server =
      new TestServer(
          ProbeHub.class,
          ProbeHub::new,
          d ->
              d.withOptions(
                  TestServer.detailed()
                      .withStatefulReconnects(
                          new StatefulReconnects(true, 1_000, Duration.ofSeconds(30)))));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void socketOverWhichAClientIsAboutToRepeatIsLeftUntilItHasSaidWhereItGoesOn() {
    RecordingTransport first = connect();
    ServerConnection connection = first.wire().connection();
    assertThat(server.connections.sendAway()).isEqualTo(1);
    first.awaitEnd();
    assertThat(server.connections.withoutSocket()).isEqualTo(1);

    RecordingTransport second = back(connection);
    assertThat(server.connections.withoutSocket()).isZero();
    assertThat(server.connections.sendAway()).isZero();

    say(second, "{\"type\":9,\"sequenceId\":1}");
    assertThat(server.connections.sendAway()).isEqualTo(1);
    second.awaitEnd();
    assertThat(server.connections.toMove()).isEqualTo(1);
  }

  @Test
  void socketOfAClientThatNeverSaysWhereItGoesOnIsClosedAfterAWhile() {
    ServerConnection connection = connect().wire().connection();
    assertThat(server.connections.sendAway()).isEqualTo(1);
    RecordingTransport second = back(connection);
    assertThat(server.connections.sendAway()).isZero();
    server.advance(Duration.ofSeconds(6));
    assertThat(server.connections.sendAway()).isEqualTo(1);
    second.awaitEnd();
  }

  private RecordingTransport connect() {
    RecordingTransport socket = new RecordingTransport();
    socket.open(
        transport -> server.server.open("0123456789012345678901", REQUEST, transport, true));
    say(socket, "{\"protocol\":\"json\",\"version\":2}");
    assertThat(text(socket)).startsWith("{}");
    say(socket, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"open\"]}");
    assertThat(text(socket)).contains("open");
    return socket;
  }

  private static RecordingTransport back(ServerConnection connection) {
    RecordingTransport socket = new RecordingTransport();
    socket.open(transport -> connection.resume(REQUEST, transport));
    assertThat(text(socket)).contains("\"type\":9");
    return socket;
  }

  private static void say(RecordingTransport socket, String message) {
    socket.wire().received((message + "\u001e").getBytes(StandardCharsets.UTF_8));
  }

  private static String text(RecordingTransport socket) {
    return new String(socket.next(), StandardCharsets.UTF_8);
  }
}
