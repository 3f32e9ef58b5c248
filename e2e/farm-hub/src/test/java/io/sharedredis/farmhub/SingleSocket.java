package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A connection with stateful reconnect, of which only the sockets matter. */
final class SingleSocket implements WebSocket.Listener {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":2}\u001e";

  private final CompletableFuture<Void> shaken = new CompletableFuture<>();
  private String token = "";

  private SingleSocket() {}

  /** Opened at that server, and past the handshake. */
  static SingleSocket open(int port) throws Exception {
    HttpRequest negotiate =
        HttpRequest.newBuilder(
                URI.create(
                    "http://localhost:"
                        + port
                        + "/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true"))
            .POST(BodyPublishers.noBody())
            .build();
    String answer = HTTP.send(negotiate, BodyHandlers.ofString()).body();
    SingleSocket socket = new SingleSocket();
    socket.token = JsonMapper.shared().readTree(answer).get("connectionToken").asString();
    WebSocket open = socket.connect(port).get(20, TimeUnit.SECONDS);
    open.sendText(HANDSHAKE, true).get(20, TimeUnit.SECONDS);
    socket.shaken.get(20, TimeUnit.SECONDS);
    return socket;
  }

  private CompletableFuture<WebSocket> connect(int port) {
    return HTTP.newWebSocketBuilder()
        .buildAsync(URI.create("ws://localhost:" + port + "/hub?id=" + token), this);
  }

  /**
   * Comes back at that server, which must say that there is no such connection.
   *
   * @return after how many milliseconds it did
   */
  long refusedWithin(int port, Duration longest) {
    long begun = System.nanoTime();
    assertThatThrownBy(() -> connect(port).get(longest.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(404));
    return Duration.ofNanos(System.nanoTime() - begun).toMillis();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    shaken.complete(null);
    from.request(1);
    return null;
  }
}
