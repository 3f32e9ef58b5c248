package io.sharedredis.spring.session;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Leaves the answer to {@link SessionOutageFilter} when a controller is the first to need the
 * session, before an application's own advice turns the failure into something else. Given in here
 * it would still get the cookies that belong to what was not done: that of a session that is not,
 * or, after a sign-out in vain, the end of the one that is.
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
    if (failure instanceof RuntimeException thrown) {
      throw thrown;
    }
    throw new UndeclaredThrowableException(failure);
  }

  /** Right after Boot's, which only takes notes. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1;
  }
}
