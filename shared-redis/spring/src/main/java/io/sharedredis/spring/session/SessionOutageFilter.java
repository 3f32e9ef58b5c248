package io.sharedredis.spring.session;

import io.sharedredis.spring.web.ReplicaValve;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before sessions and security: a request that needs its session while Redis is away is
 * answered with 503 and {@code Retry-After}. Not as anonymous: that would sign people out, or show
 * them pages that are not theirs.
 */
public final class SessionOutageFilter implements Filter {

  private static final Logger log = LoggerFactory.getLogger(SessionOutageFilter.class);

  /** When to come back: a Redis that was restarted is used again within a second or two. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="refresh" content="%d">
      <title>One moment, please</title>
      <style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem}</style>
      </head>
      <body>
      <h1>One moment, please</h1>
      <p>We cannot reach your session right now. You are still signed in; this page tries again by itself.</p>
      </body>
      </html>
      """;

  private static final String PROBLEM =
      "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
          + "\"detail\":\"Your session cannot be reached right now. Try again in a moment.\"}";

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      SessionsUnavailableException outage = outage(e);
      if (outage == null
          || response.isCommitted()
          || !(response instanceof HttpServletResponse http)) {
        throw e;
      }
      log.warn("503: {}", outage.getMessage());
      answer((HttpServletRequest) request, http);
    }
  }

  static @Nullable SessionsUnavailableException outage(Throwable failure) {
    Throwable cause = failure;
    // Ten is deeper than any framework wraps, and ends on a chain that is a circle.
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof SessionsUnavailableException outage) {
        return outage;
      }
      cause = cause.getCause();
    }
    return null;
  }

  static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String replica = response.getHeader(ReplicaValve.HEADER);
    response.reset();
    if (replica != null) {
      response.setHeader(ReplicaValve.HEADER, replica);
    }
    String accept = request.getHeader("Accept");
    boolean page = accept != null && accept.contains("text/html");
    byte[] body =
        (page ? PAGE.formatted(RETRY_AFTER.toSeconds()) : PROBLEM).getBytes(StandardCharsets.UTF_8);
    response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Retry-After", Long.toString(RETRY_AFTER.toSeconds()));
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(page ? "text/html;charset=UTF-8" : "application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
