package io.sharedredis.lettuce.backplane;

/** A payload on a channel is not what belongs there. The text shows no content of the payload. */
final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message);
  }

  MalformedMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
