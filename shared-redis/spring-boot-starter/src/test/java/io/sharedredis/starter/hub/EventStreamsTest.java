package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.server.HubConnections;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** Clients of event streams that do not read. */
@SpringBootTest(
    classes = HubApp.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.application.name=hubs",
      "shared-redis.public-url=https://shop.example",
      "shared-redis.drain.notice=0s",
      "shared-redis.hub.send-timeout=3s"
    })
class EventStreamsTest {
  private static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":1}\u001e";

  /** More than any socket buffers of this machine hold for a client that takes 4 KiB at a time. */
  private static final int LARGE = 4_000_000;

  private static final int CLIENTS = 4;

  private final HttpClient http = HttpClient.newHttpClient();
  private final HubConnections connections;
  private final WebServerApplicationContext web;

  @Value("${local.server.port}")
  private int port;

  EventStreamsTest(
      @Autowired HubConnections connections, @Autowired WebServerApplicationContext web) {
    this.connections = connections;
    this.web = web;
  }

  @Test
  void clientThatDoesNotReadHoldsNoThreadAndIsCutOff() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        String id = negotiate();
        clients.add(silent(id));
        post(id, HANDSHAKE);
        post(
            id,
            "{\"type\":1,\"invocationId\":\"1\",\"target\":\"large\",\"arguments\":["
                + LARGE
                + "]}\u001e");
      }
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::allAreStuck);
      assertThat(writers()).as("threads that write to a client").isEmpty();
      // Each is cut off when its write has taken too long.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> connections.size("ServerSentEvents") == 0);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
    // Their requests have ended for the container too, which waits for them when it stops.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> requestsInProgress(web.getWebServer()) == 0);
  }

  /** Requests that the container has not ended yet. */
  long requestsInProgress(WebServer server) {
    return TomcatRequests.inProgress(server);
  }

  private boolean allAreStuck() {
    return connections.queuedBytes() >= (long) CLIENTS * LARGE && writers().isEmpty();
  }

  private static List<String> writers() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            entry ->
                Arrays.stream(entry.getValue())
                    .anyMatch(frame -> frame.getClassName().endsWith(".ResponseWriter")))
        .map(entry -> entry.getKey().getName())
        .toList();
  }

  /** Opens an event stream, reads its first byte and no more. */
  private Socket silent(String id) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 * 1024);
    socket.connect(new InetSocketAddress("localhost", port));
    String request =
        "GET /hub/open?id="
            + id
            + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    assertThat(in.read()).isEqualTo('H');
    return socket;
  }

  private String negotiate() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/negotiate?negotiateVersion=1"))
            .POST(BodyPublishers.noBody())
            .build();
    return JsonMapper.shared()
        .readTree(http.send(request, BodyHandlers.ofString()).body())
        .get("connectionToken")
        .asString();
  }

  private void post(String id, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("?id=" + id)).POST(BodyPublishers.ofString(body)).build();
    assertThat(
            http.sendAsync(request, BodyHandlers.discarding())
                .get(20, TimeUnit.SECONDS)
                .statusCode())
        .isEqualTo(200);
  }

  private URI uri(String rest) {
    return URI.create("http://localhost:" + port + "/hub/open" + rest);
  }
}
