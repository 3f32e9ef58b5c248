package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;

/** The Redis of sessions did not answer in time: nobody knows who the user is. */
public final class SessionsUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean beginning;

  SessionsUnavailableException(String why, @Nullable Throwable cause) {
    this(why, cause, false);
  }

  private SessionsUnavailableException(String why, @Nullable Throwable cause, boolean beginning) {
    super("sessions are not available: " + why, cause);
    this.beginning = beginning;
  }

  /** A session could not be begun, so nobody can be signed in. */
  static SessionsUnavailableException beginning(String why, @Nullable Throwable cause) {
    return new SessionsUnavailableException(why, cause, true);
  }

  /** Whether a session was to begin, as at a sign-in, instead of one that is there to go on. */
  public boolean isBeginning() {
    return beginning;
  }
}
