package io.sharedredis.playground.farm;

/**
 * The farm cannot start or go on; the message is for the person at the terminal and names the way
 * out.
 */
public final class FarmException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message for people. */
  public FarmException(String message) {
    super(message);
  }

  /** Creates the exception with a message for people and what led to it. */
  public FarmException(String message, Throwable cause) {
    super(message, cause);
  }
}
