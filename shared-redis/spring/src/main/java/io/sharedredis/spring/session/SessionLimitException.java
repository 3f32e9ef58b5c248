package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;

/**
 * A sign-in that was not kept, because its user has as many sessions as allowed. Thrown where the
 * session is saved: when the answer to the sign-in is sent, from {@code sendRedirect} for instance.
 * The former session of the browser, if there was one, goes on as it was; a new one is not there.
 *
 * <p>Whoever answers a successful sign-in may catch it and say so in the application's own words;
 * otherwise {@link SessionOutageFilter} answers with a page, 409.
 */
public final class SessionLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SessionLimitException(@Nullable Throwable cause) {
    super(
        "the user has as many sessions as shared-redis.session.max-sessions-per-user allows",
        cause);
  }
}
