package io.sharedredis.starter;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ConfigurableApplicationContext;

/** A hub connection over WebSocket, of a client that only looks whether it is still there. */
final class HubSocket implements AutoCloseable {

  private final CompletableFuture<Void> greeted = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final WebSocket socket;

  /**
   * Opens one.
   *
   * @param cookies as the header has them
   */
  HubSocket(ConfigurableApplicationContext replica, String path, String cookies) throws Exception {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .header("Cookie", cookies)
            .buildAsync(URI.create("ws://localhost:" + port + path), new Ear())
            .get(20, TimeUnit.SECONDS);
    socket.sendText("{\"protocol\":\"json\",\"version\":1}\u001e", true).get(20, TimeUnit.SECONDS);
    greeted.get(20, TimeUnit.SECONDS);
  }

  /** Done when the server has ended it. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  boolean isOpen() {
    return !closed.isDone();
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Ear implements WebSocket.Listener {

    @Override
    public CompletionStage<?> onText(WebSocket ws, CharSequence text, boolean last) {
      greeted.complete(null);
      ws.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket ws, int status, String reason) {
      closed.complete(null);
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      closed.complete(null);
    }
  }
}
