package io.sharedredis.lettuce.messaging;

/** A payload is not what belongs on its channel. The text shows none of its content. */
final class UnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message) {
    super(message);
  }

  UnreadableException(String message, Throwable cause) {
    super(message, cause);
  }
}
