package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/**
 * An error whose text is meant for the other side: thrown by a hub it is shown to the client,
 * thrown at a caller the client said it.
 */
public class HubException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HubException(@Nullable String message) {
    super(message);
  }

  public HubException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
