package io.sharedredis.spring.hub;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Browsers cannot set headers on WebSockets and event sources, so SignalR's clients put the bearer
 * token into the query as {@code access_token}. On hub paths, and nowhere else, it becomes the
 * {@code Authorization} header that the application's security reads.
 */
public final class HubAccessTokenFilter extends OncePerRequestFilter {
  private final HubPaths paths;

  public HubAccessTokenFilter(HubPaths paths) {
    this.paths = paths;
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
    String token = request.getHeader("Authorization") == null ? token(request) : null;
    chain.doFilter(token == null ? request : new WithToken(request, "Bearer " + token), response);
  }

  private static @Nullable String token(HttpServletRequest request) {
    List<String> values = HubRequests.parameter(request, "access_token");
    return values.isEmpty() || values.get(0).isBlank() ? null : values.get(0);
  }

  private static final class WithToken extends HttpServletRequestWrapper {
    private static final String NAME = "Authorization";
    private final String value;

    WithToken(HttpServletRequest request, String value) {
      super(request);
      this.value = value;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return NAME.equalsIgnoreCase(name) ? value : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return NAME.equalsIgnoreCase(name)
          ? Collections.enumeration(List.of(value))
          : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      names.addAll(Collections.list(super.getHeaderNames()));
      names.add(NAME);
      return Collections.enumeration(names);
    }
  }
}
