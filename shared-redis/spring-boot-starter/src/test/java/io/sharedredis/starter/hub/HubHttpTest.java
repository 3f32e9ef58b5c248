package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.server.CallObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@HubAppTest
class HubHttpTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Value("${local.server.port}")
  private int port;

  @Test
  void negotiationHandsOutAPublicIdAndASecretToken() throws Exception {
    HttpResponse<String> answer = post("/hub/open/negotiate?negotiateVersion=1");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("X-Replica")).isPresent();
    JsonNode json = JsonMapper.shared().readTree(answer.body());
    assertThat(json.get("negotiateVersion").asInt()).isEqualTo(1);
    assertThat(json.get("connectionId").asString()).hasSize(22);
    assertThat(json.get("connectionToken").asString())
        .isNotEqualTo(json.get("connectionId").asString());
    assertThat(json.get("availableTransports").get(0).get("transport").asString())
        .isEqualTo("WebSockets");
  }

  @Test
  void pathsAreMatchedIgnoringCaseAndClosingSlash() throws Exception {
    for (String path :
        new String[] {"/HUB/Open/Negotiate", "/hub/open/negotiate/", "/Hub/OPEN/NEGOTIATE/"}) {
      assertThat(post(path).statusCode()).as(path).isEqualTo(200);
    }
    for (String path :
        new String[] {
          "/hub/secret/negotiate",
          "/HUB/SECRET/negotiate",
          "/hub/secret/NEGOTIATE/",
          "/hub/Secret",
          "/hub/secret/"
        }) {
      assertThat(post(path).statusCode()).as(path).isEqualTo(401);
      assertThat(post(path).body()).as(path).isEqualTo("Unauthorized");
    }
  }

  @Test
  void wrongVersionsAreAnsweredInTheModelsWords() throws Exception {
    assertThat(post("/hub/open/negotiate?negotiateVersion=one").body())
        .isEqualTo("{\"error\":\"The client requested a non-integer protocol version.\"}");
    assertThat(post("/hub/open/negotiate?negotiateVersion=-1").body())
        .contains("The client requested version '-1'");
    assertThat(post("/hub/open/negotiate?NegotiateVersion=12").body())
        .startsWith("{\"negotiateVersion\":1,");
    assertThat(post("/hub/open/negotiate").body()).startsWith("{\"negotiateVersion\":0,");
  }

  @Test
  void otherMethodsAreNotAllowed() throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(uri("/hub/open/negotiate")).GET().build());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void foreignOriginIsForbiddenAndOurOwnIsNot() throws Exception {
    assertThat(postFrom("https://evil.example").statusCode()).isEqualTo(403);
    assertThat(postFrom("null").statusCode()).isEqualTo(403);
    assertThat(postFrom("https://shop.example").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> webSocket("/hub/open", "https://evil.example"))
        .isInstanceOf(CompletionException.class)
        .satisfies(e -> assertThat(status(e)).isEqualTo(403));
  }

  @Test
  void forgedUsedAndForeignTokensAreUnknown() throws Exception {
    assertThatThrownBy(() -> webSocket("/hub/open?id=AAAAAAAAAAAAAAAAAAAAAA", null))
        .satisfies(e -> assertThat(status(e)).isEqualTo(404));
    String token =
        JsonMapper.shared()
            .readTree(post("/hub/open/negotiate?negotiateVersion=1").body())
            .get("connectionToken")
            .asString();
    webSocket("/hub/open?id=" + token, null).abort();
    // 409 until the server has seen that the first socket is gone.
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> webSocket("/hub/open?id=" + token, null))
                    .satisfies(e -> assertThat(status(e)).isEqualTo(404)));
  }

  @Test
  void accessTokenCountsOnHubPathsOnly() throws Exception {
    // The application knows no bearer tokens; its answer to one differs from that to none by
    // nothing, so the header is what counts.
    assertThat(post("/hub/secret/negotiate?access_token=abc").statusCode()).isEqualTo(401);
    assertThat(post("/elsewhere?access_token=abc").statusCode()).isIn(401, 403);
  }

  @Test
  void callsAreTimedAndNotObservedWhereNobodyTraces(@Autowired CallObserver calls) {
    assertThat(calls).isInstanceOf(CallTimers.class);
  }

  private HttpResponse<String> postFrom(String origin) throws Exception {
    return send(
        HttpRequest.newBuilder(uri("/hub/open/negotiate"))
            .header("Origin", origin)
            .POST(BodyPublishers.noBody())
            .build());
  }

  private HttpResponse<String> post(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  private WebSocket webSocket(String path, String origin) {
    WebSocket.Builder builder = http.newWebSocketBuilder();
    if (origin != null) {
      builder.header("Origin", origin);
    }
    return builder
        .buildAsync(
            URI.create(uri(path).toString().replace("http:", "ws:")), new WebSocket.Listener() {})
        .join();
  }

  private static int status(Throwable failure) {
    return ((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode();
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + port + path);
  }
}
