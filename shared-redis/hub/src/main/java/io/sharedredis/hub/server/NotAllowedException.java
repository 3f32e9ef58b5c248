package io.sharedredis.hub.server;

/**
 * A hub asked for something that its situation does not allow; clients see it as an
 * InvalidOperationException.
 */
final class NotAllowedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotAllowedException(String message) {
    super(message);
  }
}
