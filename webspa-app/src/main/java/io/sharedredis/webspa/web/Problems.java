package io.sharedredis.webspa.web;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.spring.session.SessionsUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Every failure as problem+json: what to change when it is the caller, nothing inner otherwise. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  /** Seconds until a client may try again: Redis and PostgreSQL are back within a few. */
  static final String RETRY_AFTER = "2";

  /** A dependency is away: said within its deadline, and worth trying again. */
  @ExceptionHandler({
    RedisUnavailableException.class,
    RedisException.class,
    SessionsUnavailableException.class,
    DataAccessResourceFailureException.class,
    CannotGetJdbcConnectionException.class,
    TransientDataAccessException.class,
    TransactionException.class
  })
  ResponseEntity<ProblemDetail> unavailable(RuntimeException e) {
    log.warn("A dependency is away: {}", e.toString());
    ProblemDetail body =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.SERVICE_UNAVAILABLE, "the shop cannot do this right now: try again shortly");
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER)
        .body(body);
  }

  /** Names the property of the body that could not be read, where there is one. */
  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    ShopProblem problem =
        e.getCause() instanceof JacksonException unreadable && !unreadable.getPath().isEmpty()
            ? ShopProblem.badInput(field(unreadable), field(unreadable) + " cannot be read")
            : ShopProblem.refused(HttpStatus.BAD_REQUEST, "the body is not the JSON asked for");
    return handleExceptionInternal(e, problem.getBody(), headers, status, request);
  }

  private static String field(JacksonException unreadable) {
    StringBuilder field = new StringBuilder();
    for (JacksonException.Reference step : unreadable.getPath()) {
      if (step.getPropertyName() == null) {
        field.append('[').append(step.getIndex()).append(']');
      } else {
        field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return field.toString();
  }

  /** Names the parameter of the path or the query that could not be read. */
  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String field = String.valueOf(e.getPropertyName());
    ShopProblem problem = ShopProblem.badInput(field, field + " cannot be read");
    return handleExceptionInternal(e, problem.getBody(), headers, status, request);
  }

  /** Left to Spring Security, which knows whether 401 or 403 is due. */
  @ExceptionHandler
  void notAllowed(AccessDeniedException e) {
    throw e;
  }

  /** See {@link #notAllowed}. */
  @ExceptionHandler
  void notSignedIn(AuthenticationException e) {
    throw e;
  }

  @ExceptionHandler
  ProblemDetail unexpected(Exception e) {
    log.error("A request failed", e);
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it has been noted");
  }
}
