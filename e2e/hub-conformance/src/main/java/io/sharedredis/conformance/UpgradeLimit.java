package io.sharedredis.conformance;

import io.sharedredis.hub.server.HubConnections;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Kestrel's limit of upgraded connections: beyond it an upgrade is answered as if not asked. */
@Component
@ConditionalOnProperty("conformance.max-upgraded")
class UpgradeLimit implements HandshakeHandler {
  private final HandshakeHandler usual = new DefaultHandshakeHandler();
  private final HubConnections connections;
  private final int most;

  UpgradeLimit(HubConnections connections, @Value("${conformance.max-upgraded}") int most) {
    this.connections = connections;
    this.most = most;
  }

  @Override
  public boolean doHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Map<String, Object> attributes) {
    return connections.size("WebSockets") < most
        && usual.doHandshake(request, response, handler, attributes);
  }
}
