package io.sharedredis.cli;

import org.jspecify.annotations.Nullable;

/** The command was called in a wrong way; the message names the option and what to do. Exit 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
