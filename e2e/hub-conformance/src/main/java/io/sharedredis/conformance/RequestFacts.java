package io.sharedredis.conformance;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.spring.hub.HubPaths;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts what the tests' hubs ask about their request, and what a hub does not see for good reason
 * (cookies are secrets), into headers of it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 30)
class RequestFacts extends OncePerRequestFilter {
  private static final String PREFIX = "Conformance-";
  private static final String COOKIE = PREFIX + "Cookie-";
  private static final String PROTOCOL = PREFIX + "Protocol";
  private static final String ENDS = PREFIX + "Ends";

  private final HubPaths hubs;

  RequestFacts(HubPaths hubs) {
    this.hubs = hubs;
  }

  static @Nullable String cookie(HubRequest request, String name) {
    return request.header(COOKIE + name);
  }

  static @Nullable String protocol(HubRequest request) {
    return request.header(PROTOCOL);
  }

  /** Ports and addresses of both ends, the server's first. */
  static Object[] ends(HubRequest request) {
    String ends = request.header(ENDS);
    String[] parts = ends == null ? new String[] {"0", "0", "", ""} : ends.split(" ", -1);
    return new Object[] {Integer.valueOf(parts[0]), Integer.valueOf(parts[1]), parts[2], parts[3]};
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(hubs.matches(request) ? new WithFacts(request) : request, response);
  }

  private static final class WithFacts extends HttpServletRequestWrapper {
    private final Map<String, String> facts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    WithFacts(HttpServletRequest request) {
      super(request);
      facts.put(PROTOCOL, request.getProtocol());
      facts.put(
          ENDS,
          request.getLocalPort()
              + " "
              + request.getRemotePort()
              + " "
              + request.getLocalAddr()
              + " "
              + request.getRemoteAddr());
      Cookie[] cookies = request.getCookies();
      if (cookies != null) {
        for (Cookie cookie : cookies) {
          facts.put(COOKIE + cookie.getName(), cookie.getValue());
        }
      }
    }

    @Override
    public @Nullable String getHeader(String name) {
      String fact = facts.get(name);
      return fact == null ? super.getHeader(name) : fact;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      String fact = facts.get(name);
      return fact == null
          ? super.getHeaders(name)
          : Collections.enumeration(Collections.singleton(fact));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      names.addAll(Collections.list(super.getHeaderNames()));
      names.addAll(facts.keySet());
      return Collections.enumeration(names);
    }
  }
}
