package io.sharedredis.webspa.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A request the shop refuses, answered as problem+json (RFC 9457) whose {@code detail} says what
 * was wrong and whose {@code field}, where there is one, names the input to change.
 */
public final class ShopProblem extends ErrorResponseException {

  private static final long serialVersionUID = 1L;

  private ShopProblem(HttpStatus status, ProblemDetail body) {
    super(status, body, null);
  }

  /** 400: the named input is not acceptable. */
  public static ShopProblem badInput(String field, String detail) {
    ProblemDetail body = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
    body.setProperty("field", field);
    return new ShopProblem(HttpStatus.BAD_REQUEST, body);
  }

  /** 400, 403, 404 or 409 without a field to blame. */
  public static ShopProblem refused(HttpStatus status, String detail) {
    return new ShopProblem(status, ProblemDetail.forStatusAndDetail(status, detail));
  }

  /** 404: there is no such thing, or the caller may not know of it. */
  public static ShopProblem notFound(String detail) {
    return refused(HttpStatus.NOT_FOUND, detail);
  }
}
