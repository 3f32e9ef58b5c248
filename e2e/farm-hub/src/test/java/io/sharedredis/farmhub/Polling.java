package io.sharedredis.farmhub;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** A client that polls by hand, each request at the server that a test wants. */
final class Polling {
  static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":1}\u001e";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String token;

  private Polling(String token) {
    this.token = token;
  }

  /** Negotiates anywhere, opens at {@code owner} and shakes hands. */
  static Polling open(FarmServer owner, FarmServer other) throws Exception {
    String body =
        HTTP.send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://localhost:"
                                + other.port()
                                + "/hub/negotiate?negotiateVersion=1"))
                    .POST(BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString())
            .body();
    Polling client =
        new Polling(JsonMapper.shared().readTree(body).get("connectionToken").asString());
    expect(client.poll(owner).get(20, TimeUnit.SECONDS), 200, "");
    expect(client.post(other, HANDSHAKE), 200, "");
    expect(client.poll(other).get(20, TimeUnit.SECONDS), 200, "{}\u001e");
    return client;
  }

  private static void expect(HttpResponse<String> answer, int status, String body) {
    if (answer.statusCode() != status || !answer.body().equals(body)) {
      throw new AssertionError(
          "expected " + status + " '" + body + "' but was " + answer + " '" + answer.body() + "'");
    }
  }

  CompletableFuture<HttpResponse<String>> poll(FarmServer at) {
    return HTTP.sendAsync(HttpRequest.newBuilder(uri(at)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(FarmServer at, String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(at)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> echo(FarmServer at, String text) throws Exception {
    return post(
        at,
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\""
            + text
            + "\"]}\u001e");
  }

  static String echoed(String text) {
    return "{\"type\":3,\"invocationId\":\"1\",\"result\":\"" + text + "\"}\u001e";
  }

  private URI uri(FarmServer at) {
    return URI.create("http://localhost:" + at.port() + "/hub?id=" + token);
  }
}
