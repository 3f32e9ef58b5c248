package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;

/** The Redis of sessions did not answer in time: nobody knows who the user is. */
public final class SessionsUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SessionsUnavailableException(String why, @Nullable Throwable cause) {
    super("sessions are not available: " + why, cause);
  }
}
