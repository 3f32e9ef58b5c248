package io.sharedredis.spring.session;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before sessions and security: a request that needs its session while Redis is away is
 * answered with 503 and {@code Retry-After}. Not as anonymous: that would sign people out, or show
 * them pages that are not theirs. A sign-in beyond the limit of sessions is answered with 409 where
 * the application does not answer it by itself. The error page of a request that had failed before
 * becomes one without a session, under the status of that failure.
 */
public final class SessionOutageFilter implements Filter {

  private static final Logger log = LoggerFactory.getLogger(SessionOutageFilter.class);

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      HttpServletRequest http = (HttpServletRequest) request;
      SessionRefusal refusal = SessionRefusal.of(e, http);
      if (refusal == null || response.isCommitted()) {
        throw e;
      }
      if (refusal == SessionRefusal.LIMIT) {
        log.info("A sign-in was not kept: {}", e.getMessage());
      } else if (request.getDispatcherType() == DispatcherType.ERROR) {
        log.warn("Error page without its session: {}", e.getMessage());
      } else {
        log.warn("503: {}", e.getMessage());
      }
      refusal.answer(http, (HttpServletResponse) response);
    }
  }
}
