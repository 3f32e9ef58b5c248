package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.HubServer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.socket.server.HandshakeHandler;

/** Routes requests to hubs, before controllers and static files, ignoring letter case. */
public final class HubHandlerMapping extends AbstractHandlerMapping {
  private final HubPaths paths;
  private final Map<String, HubHttpHandler> handlers = new LinkedHashMap<>();

  /**
   * @param servers the hubs by path
   */
  public HubHandlerMapping(
      Map<String, HubServer> servers, HubPaths paths, HubGate gate, HandshakeHandler handshakes) {
    this.paths = paths;
    servers.forEach(
        (path, server) ->
            handlers.put(path, new HubHttpHandler(path, server, paths, gate, handshakes)));
    setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
  }

  @Override
  protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
    HubPaths.Match match = paths.find(request);
    return match == null ? null : handlers.get(match.path());
  }
}
