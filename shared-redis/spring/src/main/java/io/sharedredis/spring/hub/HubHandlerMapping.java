package io.sharedredis.spring.hub;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;

/** Routes requests to hubs, before controllers and static files, ignoring letter case. */
public final class HubHandlerMapping extends AbstractHandlerMapping {
  private final HubPaths paths;
  private final Map<String, HubHttpHandler> handlers = new LinkedHashMap<>();

  /**
   * @param routes what answers, by path
   */
  public HubHandlerMapping(
      Map<String, HubRoute> routes, HubPaths paths, HubGate gate, HubSockets sockets) {
    this.paths = paths;
    routes.forEach(
        (path, route) -> handlers.put(path, new HubHttpHandler(path, route, paths, gate, sockets)));
    setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
  }

  /** Preflights are {@link HubCorsFilter}'s; what it leaves is answered as any other method. */
  @Override
  protected HandlerExecutionChain getCorsHandlerExecutionChain(
      HttpServletRequest request, HandlerExecutionChain chain, @Nullable CorsConfiguration none) {
    return chain;
  }

  @Override
  protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
    HubPaths.Match match = paths.find(request);
    return match == null ? null : handlers.get(match.path());
  }
}
