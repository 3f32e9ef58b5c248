package io.sharedredis.hub.protocol;

import org.jspecify.annotations.Nullable;

/** A value on the wire is not of the type its target expects, or a value cannot be written. */
public final class PayloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PayloadException(String message) {
    super(message);
  }

  public PayloadException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
