package io.sharedredis.lettuce.backplane;

import java.util.concurrent.CompletionException;

/** Takes off what futures wrap around failures. */
final class Failures {

  private Failures() {}

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
