package io.sharedredis.spring.hub;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets pages of other origins read what hubs answer, refusals too, where the endpoint names them;
 * with credentials, which SignalR's clients send. Stands before the application's security: a
 * preflight has no credentials. As in ASP.NET Core a foreign origin gets no headers and its browser
 * refuses; whether it may use the hub at all is {@link AllowedOrigins}' business. An endpoint that
 * names nobody leaves everything to filters of the application.
 */
public final class HubCorsFilter extends OncePerRequestFilter {
  private final HubPaths paths;
  private final Map<String, HubRoute> routes;

  public HubCorsFilter(HubPaths paths, Map<String, HubRoute> routes) {
    this.paths = paths;
    this.routes = routes;
  }

  /** All other requests pass by unmarked. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !paths.matches(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HubPaths.Match match = paths.find(request);
    HubRoute route = match == null ? null : routes.get(match.path());
    Set<String> readers = route == null ? Set.of() : route.options().corsOrigins();
    if (readers.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    String origin = request.getHeader("Origin");
    boolean allowed = origin != null && readers.contains(origin);
    response.addHeader("Vary", "Origin");
    if (allowed) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
    }
    if (!isPreflight(request)) {
      chain.doFilter(request, response);
      return;
    }
    if (allowed) {
      echo(request, "Access-Control-Request-Method", response, "Access-Control-Allow-Methods");
      echo(request, "Access-Control-Request-Headers", response, "Access-Control-Allow-Headers");
    }
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader("Origin") != null
        && request.getHeader("Access-Control-Request-Method") != null;
  }

  private static void echo(
      HttpServletRequest request, String asked, HttpServletResponse response, String answer) {
    String value = request.getHeader(asked);
    if (value != null) {
      response.setHeader(answer, value);
    }
  }
}
