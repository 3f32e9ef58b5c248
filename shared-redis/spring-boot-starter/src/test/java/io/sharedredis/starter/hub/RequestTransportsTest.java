package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.json.JsonMapper;

@HubAppTest
class RequestTransportsTest {
  private static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":1}\u001e";
  private static final String ECHO =
      "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\"x\"]}\u001e";
  private static final String ECHOED = "{\"type\":3,\"invocationId\":\"1\",\"result\":\"x\"}\u001e";

  private final HttpClient http = HttpClient.newHttpClient();

  @Value("${local.server.port}")
  private int port;

  @Test
  void officialClientPolls() throws Exception {
    HubConnection client =
        HubConnectionBuilder.create("http://localhost:" + port + "/hub/open")
            .withTransport(TransportEnum.LONG_POLLING)
            .build();
    client.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    assertThat(client.invoke(String.class, "echo", "polled").blockingGet()).isEqualTo("polled");
    assertThat(client.stream(Integer.class, "countdown", 50).toList().blockingGet()).hasSize(50);
    client.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
  }

  @Test
  void pollsCarryWholeMessagesAndDeleteEndsThem() throws Exception {
    String id = negotiate();
    HttpResponse<String> first = get(id);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEmpty();
    assertThat(first.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/octet-stream"));
    assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache, no-store");
    assertThat(post(id, HANDSHAKE).statusCode()).isEqualTo(200);
    assertThat(get(id).body()).isEqualTo("{}\u001e");
    CompletableFuture<HttpResponse<String>> waiting = getAsync(id);
    assertThat(post(id, ECHO).statusCode()).isEqualTo(200);
    assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo(ECHOED);
    // The older of two polls gives way to the newer one, however they arrive.
    CompletableFuture<HttpResponse<String>> one = getAsync(id);
    CompletableFuture<HttpResponse<String>> other = getAsync(id);
    Object replaced = CompletableFuture.anyOf(one, other).get(20, TimeUnit.SECONDS);
    assertThat(((HttpResponse<?>) replaced).statusCode()).isEqualTo(204);
    CompletableFuture<HttpResponse<String>> last = one.isDone() ? other : one;
    assertThat(delete(id).statusCode()).isEqualTo(202);
    assertThat(last.get(20, TimeUnit.SECONDS).body())
        .isEqualTo("{\"type\":7,\"allowReconnect\":true}\u001e");
    assertThat(get(id).statusCode()).isEqualTo(404);
    assertThat(post(id, ECHO).statusCode()).isEqualTo(404);
  }

  @Test
  void bodyThatCallsItselfAFormIsMessagesAllTheSame() throws Exception {
    String id = negotiate();
    assertThat(get(id).statusCode()).isEqualTo(200);
    HttpRequest form =
        HttpRequest.newBuilder(uri("?id=" + id))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(HANDSHAKE))
            .build();
    assertThat(http.send(form, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(get(id).body()).isEqualTo("{}\u001e");
    assertThat(delete(id).statusCode()).isEqualTo(202);
  }

  @Test
  void eventsCarryWholeMessages() throws Exception {
    String id = negotiate();
    HttpResponse<InputStream> events = http.send(events(id), BodyHandlers.ofInputStream());
    assertThat(events.statusCode()).isEqualTo(200);
    assertThat(events.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    assertThat(events.headers().firstValue("X-Accel-Buffering")).contains("no");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo(":");
      assertThat(post(id, HANDSHAKE).statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEqualTo("data: {}\u001e");
      assertThat(lines.readLine()).isEmpty();
      assertThat(post(id, ECHO).statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEqualTo("data: " + ECHOED);
      assertThat(http.send(events(id), BodyHandlers.ofString()).statusCode()).isEqualTo(409);
      assertThat(get(id).body()).isEqualTo("Cannot change transports mid-connection");
      assertThat(delete(id).statusCode()).isEqualTo(400);
      assertThat(post(id, "{\"type\":7}\u001e").statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isEqualTo("data: {\"type\":7}\u001e");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void binaryProtocolIsRefusedOverEvents() throws Exception {
    String id = negotiate();
    HttpResponse<InputStream> events = http.send(events(id), BodyHandlers.ofInputStream());
    assertThat(post(id, HANDSHAKE.replace("json", "messagepack")).statusCode()).isEqualTo(200);
    try (InputStream body = events.body()) {
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "Cannot use the 'messagepack' protocol on the current transport. The transport does"
                  + " not support 'Binary' transfer format.");
    }
  }

  @Test
  void idsAreAskedForInTheModelsWords() throws Exception {
    HttpResponse<String> missing =
        http.send(HttpRequest.newBuilder(uri("")).GET().build(), BodyHandlers.ofString());
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body()).isEqualTo("Connection ID required");
    HttpResponse<String> unknown = get("AAAAAAAAAAAAAAAAAAAAAA");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("No Connection with that ID");
    assertThat(post("nope", "x").statusCode()).isEqualTo(404);
    assertThat(delete("nope").statusCode()).isEqualTo(404);
  }

  @Test
  void webSocketTakesNoPostsAndNoSecondSocket() throws Exception {
    String id = negotiate();
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(uri("?id=" + id).toString().replace("http:", "ws:")),
                new WebSocket.Listener() {})
            .join();
    HttpResponse<String> posted = post(id, ECHO);
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.body()).isEqualTo("POST requests are not allowed for WebSocket connections.");
    assertThat(delete(id).statusCode()).isEqualTo(400);
    socket.abort();
  }

  private String negotiate() throws Exception {
    String body =
        http.send(
                HttpRequest.newBuilder(uri("/negotiate?negotiateVersion=1"))
                    .POST(BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString())
            .body();
    return JsonMapper.shared().readTree(body).get("connectionToken").asString();
  }

  private HttpRequest events(String id) {
    return HttpRequest.newBuilder(uri("?id=" + id)).header("Accept", "text/event-stream").build();
  }

  private HttpResponse<String> get(String id) throws Exception {
    return getAsync(id).get(20, TimeUnit.SECONDS);
  }

  private CompletableFuture<HttpResponse<String>> getAsync(String id) {
    return http.sendAsync(
        HttpRequest.newBuilder(uri("?id=" + id)).GET().build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String id, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri("?id=" + id)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> delete(String id) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri("?id=" + id)).DELETE().build(), BodyHandlers.ofString());
  }

  private URI uri(String rest) {
    return URI.create("http://localhost:" + port + "/hub/open" + rest);
  }
}
