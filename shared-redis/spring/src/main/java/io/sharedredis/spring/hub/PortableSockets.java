package io.sharedredis.spring.hub;

import io.sharedredis.netty.HubSocket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.HandshakeHandler;

/** WebSockets by the Jakarta API of whatever container there is. */
public final class PortableSockets implements HubSockets {

  private final HandshakeHandler handshakes;
  private final Executor executor;
  private final Semaphore waiting;

  /**
   * @param executor runs what may block on a slow client
   * @param waitingThreads threads of the container that may wait for busy connections, at least 1;
   *     Tomcat needs none
   */
  public PortableSockets(HandshakeHandler handshakes, Executor executor, int waitingThreads) {
    this.handshakes = handshakes;
    this.executor = executor;
    this.waiting = new Semaphore(waitingThreads);
  }

  @Override
  public boolean upgrade(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String subProtocol,
      HubSocket what)
      throws IOException {
    WebSocketTransport transport =
        new WebSocketTransport(
            what.connectionId(),
            what.opening(),
            subProtocol,
            executor,
            what.opened(),
            what.ended(),
            new SocketReading(waiting));
    try (ServletServerHttpResponse output = new ServletServerHttpResponse(response)) {
      return handshakes.doHandshake(
          new ServletServerHttpRequest(request), output, transport, new LinkedHashMap<>());
    } catch (HandshakeFailureException e) {
      throw new IOException("the WebSocket handshake failed", e);
    }
  }
}
