package io.sharedredis.identity.startup;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 with {@code Retry-After} while this replica is not ready, and whenever PostgreSQL
 * fails under a request, so that a caller is told at once and a gateway may try elsewhere.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
public class AvailabilityFilter extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(AvailabilityFilter.class);

  /** Seconds; about the time in which a pooled connection or a start-up step is tried again. */
  private static final String RETRY_AFTER = "2";

  private final StartUp startUp;

  AvailabilityFilter(StartUp startUp) {
    this.startUp = startUp;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    return path.startsWith("/css/") || path.startsWith("/img/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!startUp.isDone()) {
      unavailable(response);
      return;
    }
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      if (response.isCommitted() || !isDatabaseAway(e)) {
        throw e;
      }
      log.warn(
          "503 for {}: the database does not answer: {}", request.getRequestURI(), e.getMessage());
      response.resetBuffer();
      unavailable(response);
    }
  }

  private static void unavailable(HttpServletResponse response) throws IOException {
    response.setHeader("Retry-After", RETRY_AFTER);
    response.setHeader("Cache-Control", "no-store");
    response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
  }

  /** Whether somewhere in the chain of causes the database was unreachable or too slow. */
  public static boolean isDatabaseAway(Throwable problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessResourceFailureException
          || cause instanceof TransientDataAccessException
          || cause instanceof QueryTimeoutException
          || cause instanceof CannotCreateTransactionException) {
        return true;
      }
    }
    return false;
  }
}
