package io.sharedredis.cli;

import org.jspecify.annotations.Nullable;

/** The operation failed; the message says what and what to do, and holds nothing secret. Exit 1. */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FailedException(String message) {
    super(message);
  }

  FailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
