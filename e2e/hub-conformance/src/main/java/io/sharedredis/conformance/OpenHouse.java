package io.sharedredis.conformance;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The recorded server's middleware: pages from anywhere may read answers, negotiation sets cookies,
 * and a few paths lead elsewhere or nowhere. Probe and CORS paths are left alone.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class OpenHouse extends OncePerRequestFilter {
  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(1);

  private final Tokens tokens;
  private final AtomicInteger redirects = new AtomicInteger();

  OpenHouse(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI();
    String lower = path.toLowerCase(Locale.ROOT);
    if (lower.startsWith("/probe/") || lower.startsWith("/cors/")) {
      chain.doFilter(request, response);
      return;
    }
    allowEverybody(request, response);
    if (request.getMethod().equals("OPTIONS")) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    } else if (lower.startsWith("/echoredirect")) {
      response.setStatus(HttpServletResponse.SC_TEMPORARY_REDIRECT);
      response.setHeader(
          "Location", origin(request) + "/echo" + path.substring(13) + query(request));
    } else if (lower.startsWith("/redirect")) {
      text(response, 200, redirect(request));
    } else if (lower.startsWith("/bad-negotiate")) {
      text(response, 400, "Some response from server");
    } else {
      if (lower.contains("/negotiate")) {
        setCookies(request, response);
      }
      chain.doFilter(request, response);
    }
  }

  private static void allowEverybody(HttpServletRequest request, HttpServletResponse response) {
    String origin = request.getHeader("Origin");
    if (origin == null) {
      return;
    }
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Allow-Credentials", "true");
    String methods = request.getHeader("Access-Control-Request-Method");
    if (methods != null) {
      response.setHeader("Access-Control-Allow-Methods", methods);
    }
    String headers = request.getHeader("Access-Control-Request-Headers");
    if (headers != null) {
      response.setHeader("Access-Control-Allow-Headers", headers);
    }
  }

  private String redirect(HttpServletRequest request) {
    String base = parameter(request, "baseUrl");
    return base == null
        ? "{\"url\":\""
            + origin(request)
            + "/authorizedHub\",\"accessToken\":\""
            + tokens.create("testuser", TOKEN_LIFETIME)
            + "\"}"
        : "{\"url\":\"" + base + "/testHub?numRedirects=" + redirects.incrementAndGet() + "\"}";
  }

  /** Of the query alone: a body belongs to the hub. */
  private static @Nullable String parameter(HttpServletRequest request, String name) {
    String query = request.getQueryString();
    if (query != null) {
      for (String pair : query.split("&")) {
        if (pair.startsWith(name + "=")) {
          return java.net.URLDecoder.decode(
              pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        }
      }
    }
    return null;
  }

  private static void setCookies(HttpServletRequest request, HttpServletResponse response) {
    String rest = "; path=/" + (request.isSecure() ? "; secure; samesite=none" : "");
    String past =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).minusHours(1));
    response.addHeader("Set-Cookie", "testCookie=testValue" + rest);
    response.addHeader("Set-Cookie", "testCookie2=testValue2" + rest);
    response.addHeader("Set-Cookie", "expiredCookie=doesntmatter; expires=" + past + rest);
    response.addHeader("Set-Cookie", "fromNegotiate=a%20value" + rest);
  }

  private static String origin(HttpServletRequest request) {
    return request.getScheme() + "://" + request.getHeader("Host");
  }

  private static String query(HttpServletRequest request) {
    return request.getQueryString() == null ? "" : "?" + request.getQueryString();
  }

  private static void text(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
