package io.sharedredis.spring.session;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Gives the answer of {@link SessionOutageFilter} when a controller is the first to need the
 * session, before an application's own advice turns the failure into something else.
 */
public final class SessionOutageResolver implements HandlerExceptionResolver, Ordered {

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    SessionRefusal refusal = SessionRefusal.of(failure, request);
    if (refusal == null || response.isCommitted()) {
      return null;
    }
    if (refusal == SessionRefusal.LIMIT) {
      // Left to the filter: in here the answer would carry the cookie of a session that is not.
      throw new SessionLimitException(failure);
    }
    try {
      refusal.answer(request, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelAndView();
  }

  /** Right after Boot's, which only takes notes. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1;
  }
}
