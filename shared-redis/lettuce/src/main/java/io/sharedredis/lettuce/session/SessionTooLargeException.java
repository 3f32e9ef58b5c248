package io.sharedredis.lettuce.session;

/** More was put into a session than it may hold; nothing of the change was written. */
public final class SessionTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SessionTooLargeException(String message) {
    super(message);
  }
}
